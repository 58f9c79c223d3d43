-- How long an order takes and for how long one is placed: what the shop says of the product, of
-- whom it was bought from last, of its category or of everything; else what is assumed.
with

products as (

    select * from {{ ref('int_products') }}

),

terms as (

    select * from {{ ref('int_shop_terms') }}

),

knowledge as (

    select * from {{ ref('stg_shop_knowledge') }}

),

purchases as (

    select * from {{ ref('int_purchases') }}
    where supplier is not null and document_type = 'purchase'

),

bought as (

    select
        dataset_id,
        product_id,
        supplier,
        row_number() over (
            partition by dataset_id, product_id
            order by purchase_date desc nulls last, supplier asc nulls last
        ) as place

    from purchases

),

named as (

    select
        products.dataset_id,
        products.product_id,
        bought.supplier,
        {{ text_key('bought.supplier') }} as supplier_key,
        {{ text_key('products.category') }} as category_key,
        {{ text_key('products.product_name') }} as name_key

    from products

    left join bought
        on
            products.dataset_id = bought.dataset_id
            and products.product_id = bought.product_id
            and bought.place = 1

),

-- A product may be named by its code and by its name; of values that differ the longer is safe.
told as (

    select
        named.dataset_id,
        named.product_id,
        max(case when knowledge.topic = 'lead_time_products' then knowledge.number_value end)
            as product_days,
        max(case when knowledge.topic = 'lead_time_suppliers' then knowledge.number_value end)
            as supplier_days,
        max(case when knowledge.topic = 'lead_time_categories' then knowledge.number_value end)
            as category_days

    from named

    inner join knowledge
        on
            named.dataset_id = knowledge.dataset_id
            and (
                knowledge.topic = 'lead_time_products'
                and knowledge.name_key in (named.product_id, named.name_key)
                or knowledge.topic = 'lead_time_suppliers'
                and named.supplier_key = knowledge.name_key
                or knowledge.topic = 'lead_time_categories'
                and named.category_key = knowledge.name_key
            )

    group by named.dataset_id, named.product_id

)

select
    named.dataset_id,
    named.product_id,
    named.supplier,
    case
        when told.product_days is not null then 'product'
        when told.supplier_days is not null then 'supplier'
        when told.category_days is not null then 'category'
        when terms.is_lead_time_known then 'shop'
        else 'assumed'
    end as lead_time_basis,
    cast(
        coalesce(
            told.product_days, told.supplier_days, told.category_days, terms.lead_time_days
        ) as integer
    ) as lead_time_days,
    terms.order_cycle_days

from named

inner join terms
    on named.dataset_id = terms.dataset_id

left join told
    on named.dataset_id = told.dataset_id and named.product_id = told.product_id
