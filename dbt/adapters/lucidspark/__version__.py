"""The version dbt tells of this adapter: it comes with Lucid."""

from lucid_orchestration.version import VERSION

version = VERSION
