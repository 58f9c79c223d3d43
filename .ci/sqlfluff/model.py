"""Stands in for dbt's `model` when sqlfluff renders: no model is incremental there."""

resource_type = "model"
config = {"materialized": "table"}
