{{ config(materialized='view') }}

with

datasets as (

    select * from {{ ref('int_datasets') }}

),

terms as (

    select * from {{ ref('int_shop_terms') }}

),

knowledge as (

    select * from {{ ref('stg_shop_knowledge') }}

),

store_days as (

    select * from {{ ref('int_store_days') }}

),

spine as (

    {{ day_series(
        '(select min(first_sale_date) from datasets)', '(select max(as_of_date) from datasets)'
    ) }}

)

select
    datasets.dataset_id,
    {{ weekday_of('spine.day') }} as weekday,
    {{ days_between('spine.day', 'datasets.as_of_date') }} as days_ago,
    store_days.sale_date is not null as is_trading,
    terms.is_closed_weekdays_known,
    closed_weekdays.number_value is not null as is_closed_weekday_told,
    exists(
        select 1 from knowledge
        where
            knowledge.dataset_id = datasets.dataset_id
            and knowledge.topic = 'closed_days'
            and spine.day between knowledge.first_day and knowledge.last_day
    ) as is_closed_told,
    spine.day

from datasets

inner join terms
    on datasets.dataset_id = terms.dataset_id

inner join spine
    on spine.day between datasets.first_sale_date and datasets.as_of_date

left join knowledge as closed_weekdays
    on
        datasets.dataset_id = closed_weekdays.dataset_id
        and closed_weekdays.topic = 'closed_weekday'
        and {{ weekday_of('spine.day') }} = closed_weekdays.number_value

left join store_days
    on datasets.dataset_id = store_days.dataset_id and spine.day = store_days.sale_date
