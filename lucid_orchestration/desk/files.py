"""Operations on files: bringing them, looking at them, saying how they are read, removing them."""

from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from lucid_orchestration.desk import problems
from lucid_orchestration.desk.context import Desk, ShopName, TheDesk, shop_of
from lucid_orchestration.desk.encoding import Json
from lucid_orchestration.desk.looking import (
    ROWS_SHOWN,
    Look,
    fields,
    inbox_file,
    look,
    looked_at,
    mapping_of,
    said_of,
    would_count,
)
from lucid_orchestration.desk.runs import Asked
from lucid_orchestration.desk.snapshot import open_snapshot
from lucid_orchestration.desk.uploads import Upload, uploaded
from lucid_orchestration.ingest.inbox import (
    MAPPING_FILE,
    dataset_folder,
    dataset_slug,
)
from lucid_orchestration.ingest.inbox_changes import (
    add_files,
    new_dataset_folder,
    remove_dataset,
    remove_file,
    restore_dataset,
)
from lucid_orchestration.ingest.inspection import inspect, inspect_file
from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.layout.mapping import (
    FileMapping,
    read_mapping,
)
from lucid_orchestration.ingest.layout.mapping_text import (
    keep_mapping,
    with_file,
)
from lucid_orchestration.ingest.top_rows import top_rows
from lucid_orchestration.runs.refresh import copy_example

FileId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
_WRITES = (400, 403, 404, 409, 413, 415, 422, 503)
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            }
        },
    }
}


class Uploaded(BaseModel):
    """What was brought, and the job that reads it."""

    model_config = ConfigDict(extra="forbid")

    dataset_id: str
    files: list[Look]
    job: Asked


class Looked(BaseModel):
    """Files that were looked at; nothing of them is kept."""

    model_config = ConfigDict(extra="forbid")

    files: list[Look]


class Moved(BaseModel):
    """What was removed or brought back, and the job that follows it."""

    model_config = ConfigDict(extra="forbid")

    dataset_id: str
    count: int
    job: Asked


class MappingAnswer(BaseModel):
    """A shop's mapping.yml, and what may stand in it."""

    model_config = ConfigDict(extra="forbid")

    text: str
    problem: str | None
    fields: dict[str, list[str]]


class MappingText(BaseModel):
    """A whole mapping.yml."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=200_000)


class Mapped(BaseModel):
    """What was kept, and the job that reads by it."""

    model_config = ConfigDict(extra="forbid")

    text: str
    job: Asked


def router() -> APIRouter:
    """The operations."""
    routes = APIRouter(tags=["files"])

    @routes.post(
        "/datasets/{shop}/files",
        operation_id="upload_files",
        status_code=202,
        openapi_extra=_BODY,
        responses={202: {"model": Uploaded}, **problems.answers(*_WRITES)},
    )
    async def upload(
        request: Request,
        desk: TheDesk,
        shop: ShopName,
        replace: Annotated[bool, Query(description="Take the place of files so named.")] = False,
    ) -> Response:
        folder = new_dataset_folder(desk.paths.inbox, shop)
        async with uploaded(request, desk.paths) as uploads:
            content = await run_in_threadpool(_kept, desk, folder, shop, uploads, replace)
        return Json(content, 202)

    @routes.post(
        "/inspect",
        operation_id="inspect_files",
        openapi_extra=_BODY,
        responses={200: {"model": Looked}, **problems.answers(400, 403, 404, 413, 415, 422, 503)},
    )
    async def inspect_files(
        request: Request,
        desk: TheDesk,
        shop: Annotated[
            str | None, Query(max_length=200, description="Whose mapping.yml holds.")
        ] = None,
    ) -> Response:
        async with uploaded(request, desk.paths) as uploads:
            looks = await run_in_threadpool(_looks, desk, shop, uploads)
        return Json({"files": looks})

    @routes.delete(
        "/datasets/{shop}",
        operation_id="delete_dataset",
        status_code=202,
        responses={202: {"model": Moved}, **problems.answers(400, 403, 404, 503)},
    )
    def delete_dataset(desk: TheDesk, shop: ShopName) -> Response:
        moved = remove_dataset(desk.paths.inbox, desk.paths.trash, shop)
        return _moved(desk, shop, len(moved), f"{shop} was removed")

    @routes.delete(
        "/datasets/{shop}/files/{file_id}",
        operation_id="delete_file",
        status_code=202,
        responses={202: {"model": Moved}, **problems.answers(400, 403, 404, 503)},
    )
    def delete_file(desk: TheDesk, shop: ShopName, file_id: FileId) -> Response:
        file = inbox_file(desk, shop, file_id)
        remove_file(desk.paths.inbox, desk.paths.trash, file.dataset_id, file.name)
        return _moved(desk, shop, 1, f"{file.name} was removed")

    @routes.post(
        "/datasets/{shop}/restore",
        operation_id="restore_dataset",
        status_code=202,
        responses={202: {"model": Moved}, **problems.answers(400, 403, 404, 409, 503)},
    )
    def restore(desk: TheDesk, shop: ShopName) -> Response:
        back = restore_dataset(desk.paths.inbox, desk.paths.trash, shop)
        return _moved(desk, shop, len(back), f"What was removed of {shop} came back")

    @routes.post(
        "/sample-shop",
        operation_id="add_sample_shop",
        status_code=202,
        responses={202: {"model": Moved}, **problems.answers(403, 503)},
    )
    def add_sample_shop(desk: TheDesk) -> Response:
        folder = copy_example(desk.paths)
        count = sum(1 for path in folder.rglob("*") if path.is_file())
        return _moved(desk, folder.name, count, "The invented shop was asked for")

    @routes.get(
        "/datasets/{shop}/files/{file_id}/look",
        operation_id="look_at_file",
        responses={200: {"model": Look}, **problems.answers(400, 404, 422, 503)},
    )
    def look_at(desk: TheDesk, shop: ShopName, file_id: FileId) -> Response:
        file = inbox_file(desk, shop, file_id)
        top = top_rows(file.path, said_of(desk, file))
        return Json(look(file.name, looked_at(desk, file, None), top))

    @routes.post(
        "/datasets/{shop}/files/{file_id}/try",
        operation_id="try_mapping",
        responses={200: {"model": Look}, **problems.answers(400, 403, 404, 413, 422, 503)},
    )
    def try_mapping(desk: TheDesk, shop: ShopName, file_id: FileId, said: FileMapping) -> Response:
        file = inbox_file(desk, shop, file_id)
        return Json(look(file.name, looked_at(desk, file, said), top_rows(file.path, said)))

    @routes.put(
        "/datasets/{shop}/files/{file_id}/mapping",
        operation_id="map_file",
        status_code=202,
        responses={202: {"model": Mapped}, **problems.answers(400, 403, 404, 413, 422, 503)},
    )
    def map_file(desk: TheDesk, shop: ShopName, file_id: FileId, said: FileMapping) -> Response:
        file = inbox_file(desk, shop, file_id)
        folder = dataset_folder(desk.paths.inbox, file.dataset_id)
        text = with_file(mapping_of(folder), file.name, said)
        return _mapped(desk, folder, text, f"{file.name} is read another way")

    @routes.put(
        "/datasets/{shop}/files/{file_id}/bill-layout",
        operation_id="map_bill_layout",
        status_code=202,
        responses={202: {"model": Mapped}, **problems.answers(400, 403, 404, 413, 422, 503)},
    )
    def map_bill_layout(
        desk: TheDesk, shop: ShopName, file_id: FileId, said: BillLayout
    ) -> Response:
        file = inbox_file(desk, shop, file_id)
        text = would_count(desk, file, said)
        folder = dataset_folder(desk.paths.inbox, file.dataset_id)
        return _mapped(desk, folder, text, f"Bills like {file.name} are read another way")

    @routes.get(
        "/datasets/{shop}/mapping",
        operation_id="get_mapping",
        responses={200: {"model": MappingAnswer}, **problems.answers(400, 404, 422, 503)},
    )
    def get_mapping(desk: TheDesk, shop: ShopName) -> Response:
        folder = _known_folder(desk, shop)
        told = read_mapping(folder / MAPPING_FILE)
        content = {"text": mapping_of(folder), "problem": told.problem, "fields": fields()}
        return Json(content)

    @routes.put(
        "/datasets/{shop}/mapping",
        operation_id="put_mapping",
        status_code=202,
        responses={202: {"model": Mapped}, **problems.answers(400, 403, 404, 413, 422, 503)},
    )
    def put_mapping(desk: TheDesk, shop: ShopName, mapping: MappingText) -> Response:
        folder = _known_folder(desk, shop)
        return _mapped(desk, folder, mapping.text, "The mapping was changed")

    return routes


def _kept(
    desk: Desk, folder: FilePath, shop: str, uploads: list[Upload], replace: bool
) -> dict[str, Any]:
    # looked at before it is kept: a file that ends its reader must not lie in the inbox
    told = read_mapping(folder / MAPPING_FILE)
    looks = [
        look(
            upload.name,
            inspect(upload.path, told, ROWS_SHOWN, dataset_slug(shop), desk.paths.raw),
        )
        for upload in uploads
    ]
    added = add_files(desk.paths.inbox, shop, [upload.path for upload in uploads], replace)
    for one, file in zip(looks, added, strict=True):
        one["was_new"] = file.was_new
    job = desk.jobs.ask("refresh", f"{len(added)} files were brought to {shop}")
    return {
        "dataset_id": dataset_slug(shop),
        "files": looks,
        "job": Asked.of(job).model_dump(),
    }


def _looks(desk: Desk, shop: str | None, uploads: list[Upload]) -> list[dict[str, Any]]:
    paths = desk.paths
    return [
        look(upload.name, inspect_file(paths.inbox, upload.path, shop, ROWS_SHOWN, paths.raw))
        for upload in uploads
    ]


def _moved(desk: Desk, shop: str, count: int, why: str) -> Response:
    job = desk.jobs.ask("refresh", why)
    content = {"dataset_id": dataset_slug(shop), "count": count, "job": Asked.of(job).model_dump()}
    return Json(content, 202)


def _mapped(desk: Desk, folder: FilePath, text: str, why: str) -> Response:
    keep_mapping(folder, text)
    job = desk.jobs.ask("refresh", why)
    return Json({"text": text, "job": Asked.of(job).model_dump()}, 202)


def _known_folder(desk: Desk, shop: str) -> FilePath:
    folder = new_dataset_folder(desk.paths.inbox, shop)
    if not folder.is_dir():
        return new_dataset_folder(
            desk.paths.inbox, shop_of(open_snapshot(desk.paths), shop).dataset_id
        )
    return folder
