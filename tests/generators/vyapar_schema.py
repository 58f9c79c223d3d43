"""Tables and columns of a Vyapar database, as far as analytics needs them, with Vyapar's types."""

SCHEMA: dict[str, str] = {
    "kb_firms": (
        "firm_id integer primary key autoincrement, firm_name varchar(256),"
        " firm_email varchar(256), firm_phone varchar(20), firm_address varchar(256),"
        " firm_gstin_number varchar(32) default '', firm_state varchar(32) default ''"
    ),
    "kb_prefix": (
        "prefix_id integer primary key, prefix_firm_id integer, prefix_txn_type integer,"
        " prefix_value varchar(50), prefix_is_default integer"
    ),
    "kb_party_groups": "party_group_id integer primary key, party_group_name text",
    # parties, and heads of expenses and other income
    "kb_names": (
        "name_id integer primary key autoincrement, full_name varchar(50),"
        " phone_number varchar(11), email varchar(50), amount double,"
        " name_type integer default 1, name_group_id integer default 1,"
        " name_state varchar(32) default '', name_is_active integer not null default 1"
    ),
    "kb_item_categories": (
        "item_category_id integer primary key autoincrement,"
        " item_category_name varchar(1024) unique"
    ),
    "kb_item_categories_mapping": "id integer primary key, item_id integer, category_id integer",
    "kb_item_units": (
        "unit_id integer primary key autoincrement, unit_name varchar(50),"
        " unit_short_name varchar(10)"
    ),
    "kb_item_units_mapping": (
        "unit_mapping_id integer primary key autoincrement,"
        " base_unit_id integer references kb_item_units (unit_id),"
        " secondary_unit_id integer references kb_item_units (unit_id),"
        " conversion_rate double"
    ),
    "kb_tax_code": (
        "tax_code_id integer primary key autoincrement, tax_code_name varchar(32) unique,"
        " tax_rate double, tax_code_type integer default 0, tax_rate_type integer default 4"
    ),
    "kb_tax_mapping": (
        "tax_mapping_id integer primary key, tax_mapping_group_id integer,"
        " tax_mapping_code_id integer"
    ),
    "kb_items": (
        "item_id integer primary key autoincrement, item_name varchar(256),"
        " item_sale_unit_price double, item_purchase_unit_price double,"
        " item_stock_quantity double default 0, item_min_stock_quantity double default 0,"
        " item_location varchar(256) default '', item_stock_value double default 0,"
        " item_type integer default 1, category_id integer default 1,"
        " item_code varchar(32) default null unique, base_unit_id integer,"
        " secondary_unit_id integer, unit_mapping_id integer,"
        " item_hsn_sac_code varchar(32) default '', item_tax_id integer default null,"
        " item_tax_type integer default 2, item_description varchar(256) default '',"
        " item_is_active integer default 1, item_tax_type_purchase integer default 2,"
        " unique (item_name, item_type)"
    ),
    "kb_transactions": (
        "txn_id integer primary key autoincrement, txn_name_id integer, txn_cash_amount double,"
        " txn_balance_amount double, txn_type integer, txn_date date,"
        " txn_discount_percent double, txn_discount_amount double, txn_tax_amount double,"
        " txn_description varchar(1024), txn_payment_type_id integer default 1,"
        " txn_ref_number_char varchar(50) default '', txn_status integer default 1,"
        " txn_ac1_amount double default 0, txn_ac2_amount double default 0,"
        " txn_ac3_amount double default 0, txn_firm_id integer default null,"
        " txn_sub_type integer default 0, txn_invoice_prefix varchar(10) default null,"
        " txn_display_name varchar(256) default '', txn_round_off_amount double default 0,"
        " txn_return_date datetime default null, txn_return_ref_number varchar(50) default '',"
        " txn_current_balance double default 0, txn_payment_status integer default 1,"
        " txn_tax_inclusive integer default 2, txn_category_id integer default null,"
        " txn_time integer not null default 0, ac1_name varchar, ac2_name varchar,"
        " ac3_name varchar, ac1_tax_amount double default 0, ac2_tax_amount double default 0,"
        " ac3_tax_amount double default 0"
    ),
    "kb_lineitems": (
        "lineitem_id integer primary key autoincrement, lineitem_txn_id integer,"
        " item_id integer, quantity double, priceperunit double, total_amount double,"
        " lineitem_tax_amount double default 0, lineitem_discount_amount double default 0,"
        " lineitem_unit_id integer, lineitem_unit_mapping_id integer,"
        " lineitem_tax_id integer default null, lineitem_mrp double default null,"
        " lineitem_batch_number varchar(30) default '',"
        " lineitem_serial_number varchar(30) default '',"
        " lineitem_description varchar(1024) default '',"
        " lineitem_free_quantity double default 0, lineitem_discount_percent double default 0"
    ),
    "kb_item_adjustments": (
        "item_adj_id integer primary key autoincrement, item_adj_item_id integer,"
        " item_adj_type integer, item_adj_quantity double, item_adj_date datetime,"
        " item_adj_description varchar, item_adj_atprice double"
    ),
    "kb_paymentTypes": (
        "paymentType_id integer primary key, paymentType_type varchar(30),"
        " paymentType_name varchar(30)"
    ),
    "txn_payment_mapping": (
        "id integer primary key, payment_id integer, txn_id integer, amount double"
    ),
    "kb_txn_links": (
        "txn_links_id integer primary key, txn_links_txn_1_id integer,"
        " txn_links_txn_2_id integer, txn_links_amount double"
    ),
    "kb_linked_transactions": (
        "linked_id integer primary key, txn_source_id integer, txn_destination_id integer"
    ),
    # deleted documents leave kb_transactions
    "recycle_bin": (
        "id integer primary key, txn_deleted_date datetime, txn_firm_id integer,"
        " txn_data_json text, txn_type integer, txn_date date, status integer"
    ),
    "kb_settings": "setting_id integer primary key, setting_key text, setting_value text",
}

# What databases of old versions do not have.
TABLES_LATER = frozenset({"kb_item_categories_mapping", "recycle_bin", "kb_tax_mapping"})
COLUMNS_LATER = frozenset(
    {
        "txn_status",
        "txn_time",
        "txn_tax_inclusive",
        "txn_firm_id",
        "txn_payment_status",
        "txn_current_balance",
        "txn_category_id",
        "txn_round_off_amount",
        "txn_return_ref_number",
        "txn_return_date",
        "ac1_name",
        "ac2_name",
        "ac1_tax_amount",
        "ac2_tax_amount",
        "txn_ac1_amount",
        "txn_ac2_amount",
        "lineitem_free_quantity",
        "lineitem_discount_percent",
        "lineitem_mrp",
        "lineitem_unit_mapping_id",
    }
)


def columns(table: str, is_old: bool) -> list[str]:
    """The definitions of a table's columns and, at the end, of its keys; none when not there."""
    if is_old and table in TABLES_LATER:
        return []
    body, _, key = SCHEMA[table].partition(", unique (")
    found = [column.strip() for column in body.split(", ")]
    kept = [column for column in found if not (is_old and column.split()[0] in COLUMNS_LATER)]
    return [*kept, f"unique ({key}"] if key else kept


def column_names(table: str, is_old: bool) -> list[str]:
    """The names of a table's columns."""
    names = [column.split()[0] for column in columns(table, is_old)]
    return [name for name in names if name != "unique"]
