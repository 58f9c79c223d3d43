"""A process that takes runs from a broker, one at a time: any number of them, on any machine.

`python -m celery --app lucid_orchestration.assets.worker worker --pool solo`, which is what
`lucid worker` starts.
"""

from typing import Any

from celery import Celery
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_execute_job_task, create_resume_job_task

from lucid_orchestration.settings import broker


def worker_app() -> Celery:
    """The program of Celery with the tasks that Dagster's launcher sends."""
    address = broker()
    made: Celery = make_app(
        {
            "broker": address,
            "backend": address,
            "config_source": {
                "task_default_queue": "dagster",
                # a run that waits behind a long one would wait although another worker is free
                "worker_prefetch_multiplier": 1,
                "worker_cancel_long_running_tasks_on_connection_loss": False,
                "broker_connection_retry_on_startup": True,
            },
        }
    )
    create_execute_job_task(made)
    create_resume_job_task(made)
    return made


def work(name: str | None) -> None:
    """Take runs until this process is ended; what is begun is finished at a polite end."""
    named: list[str] = ["--hostname", f"{name}@%h"] if name else []
    arguments: list[Any] = [
        "worker",
        "--pool",
        "solo",
        "--concurrency",
        "1",
        "--loglevel",
        "WARNING",
        *named,
    ]
    worker_app().worker_main(arguments)
