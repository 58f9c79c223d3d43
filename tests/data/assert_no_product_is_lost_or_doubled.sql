-- Every mart has the rows its products give it: a join on a key that is not one doubles them, an
-- inner join loses some.
{{ config(meta={"dagster": {"ref": {"name": "product_master"}}}) }}

with

products as (

    select
        dataset_id,
        count(*) as product_count,
        count(case when first_sale_date is not null then 1 end) as sold_count

    from {{ ref('int_products') }}

    group by dataset_id

),

panel as (

    select
        dataset_id,
        count(distinct entity_id) as product_count

    from {{ ref('int_entity_months') }}

    where entity_type = 'product'

    group by dataset_id

),

masters as (

    select
        dataset_id,
        count(*) as product_count

    from {{ ref('product_master') }}

    group by dataset_id

),

contributions as (

    select
        dataset_id,
        count(*) as row_count

    from {{ ref('revenue_contribution') }}

    group by dataset_id

),

signals as (

    select
        dataset_id,
        count(*) as product_count

    from {{ ref('trend_signals') }}

    where entity_type = 'product'

    group by dataset_id

),

compared as (

    select
        products.dataset_id,
        products.product_count,
        products.sold_count,
        coalesce(masters.product_count, 0) as master_count,
        coalesce(contributions.row_count, 0) as contribution_count,
        coalesce(panel.product_count, 0) as panel_count,
        coalesce(signals.product_count, 0) as signal_count

    from products

    left join masters
        on products.dataset_id = masters.dataset_id

    left join contributions
        on products.dataset_id = contributions.dataset_id

    left join panel
        on products.dataset_id = panel.dataset_id

    left join signals
        on products.dataset_id = signals.dataset_id

)

select * from compared

where
    (
        master_count = product_count
        and contribution_count = 2 * product_count
        and signal_count = panel_count
        and panel_count >= sold_count
    ) is not true
