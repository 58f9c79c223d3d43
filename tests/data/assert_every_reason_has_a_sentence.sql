-- A reason without a sentence would show the owner an empty explanation.
{{ config(meta={"dagster": {"ref": {"name": "int_rows_refused"}}}) }}

select refused.reason

from {{ ref('int_rows_refused') }} as refused

left join {{ ref('reject_reasons') }} as reasons
    on refused.reason = reasons.reason and refused.outcome = reasons.outcome

where reasons.sentence is null
