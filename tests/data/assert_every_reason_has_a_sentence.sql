-- A reason without a sentence would show the owner an empty explanation.
{{ config(meta={"dagster": {"ref": {"name": "rejected_rows"}}}) }}

select rows_judged.reason

from {{ ref('int_rows_judged') }} as rows_judged

left join {{ ref('reject_reasons') }} as reasons
    on rows_judged.reason = reasons.reason and rows_judged.outcome = reasons.outcome

where rows_judged.outcome != 'accepted' and reasons.sentence is null
