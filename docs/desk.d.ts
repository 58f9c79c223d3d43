// Types of the Lucid desk, made from docs/openapi.json (version 1.0.0).
// Amounts are decimal text: never parse them into a number to calculate with.

/** What the owner says of an insight: one of the three, or none to take it back. */
export type Answer = {
  /** Snoozed until this day. */
  until?: string | null;
  done?: boolean;
  not_useful?: boolean;
};

/** A job that was asked for; its address says how far it is. */
export type Asked = {
  job_id: string;
  status: string;
  address: string;
};

export type BestSellersList = {
  rows: Array<BestSellersRow>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type BestSellersRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** 'all', 'last_30_days', 'last_90_days', 'last_365_days' (ending on the as-of day) or 'month'. */
  period_type: string | null;
  /** 'all', the window's end date as YYYY-MM-DD, or the month as YYYY-MM. */
  period: string | null;
  /** The shop's product code, or its normalised name where files carry no code. */
  product_id: string | null;
  /** The product's most frequent spelling. */
  product_name: string | null;
  /** The product's category; 'Uncategorised' where the files name none. */
  category: string | null;
  /** Units sold minus units returned; negative when more came back than was sold. */
  total_quantity: string | null;
  /** Net revenue in shop currency, returns subtracted. */
  total_revenue: string | null;
  /** Revenue of the lines with a known cost minus that cost; null when no line's cost is known. */
  gross_profit: string | null;
  /** 1 is the most units. Products whose net quantity or revenue is not above zero come last; ties go to the lower product_id. */
  rank_by_quantity: number | null;
  /** 1 is the highest revenue; products not above zero and ties as in rank_by_quantity. */
  rank_by_revenue: number | null;
  /** 1 is the highest known profit; null when the profit is unknown. Otherwise as rank_by_quantity. */
  rank_by_profit: number | null;
  /** Part of the period's positive revenue, 0 for a product at or below zero; null when no product is above zero. */
  revenue_share: string | null;
  /** Places climbed by revenue against the equal period before, negative when fallen; the running month is compared with the same days of the month before. Null when the product was not sold then, for 'all', and for a month after an incomplete one. */
  rank_change: number | null;
};

/** How bills of one seller in one layout are read; what is left out is found. `seller` is a name or tax number, `headings` stand side by side above the lines: where both are given, both have to fit. `columns` and `labels` say what the words above the columns and beside the figures below the lines mean, `number` and `date` which labels the bill's own stand beside. `prices`: they are before tax, so are they and amounts contain it, both contain it, or there is none. The figures of a bill still have to agree: nothing said here makes one count that does not add up. */
export type BillLayout = {
  seller?: string | null;
  headings?: Array<string>;
  columns?: Record<string, unknown>;
  labels?: Record<string, unknown>;
  prices?: "before_tax" | "amount_with_tax" | "with_tax" | "untaxed" | null;
  number?: string | null;
  date?: string | null;
  date_order?: "ymd" | "dmy" | "mdy" | "ydm" | "serial" | null;
  document?: "sale" | "sale_return" | null;
};

export type BranchMonthsList = {
  rows: Array<BranchMonthsRow>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type BranchMonthsRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** The branch's name as names are compared; empty for what names no branch. */
  branch_id: string | null;
  /** The spelling most of its lines use. */
  branch_name: string | null;
  /** First day. */
  month: string | null;
  /** Whether the month is over and no gap, as in trends. */
  is_complete: boolean | null;
  /** Net revenue in shop currency, charges in it; 0 in a month without a sale of the branch. */
  revenue: string | null;
  /** Net units. */
  quantity: string | null;
  /** Lines of sales and returns. */
  line_count: number | null;
  /** Part of the shop's revenue of the month; null when that is zero. */
  revenue_share: string | null;
  /** The month before; null unless both are complete. */
  revenue_previous: string | null;
  /** Change against it over its size; null when that is zero or null. */
  revenue_change: string | null;
  /** 'up' above +`trend_band`, 'down' below -`trend_band`, else 'flat'; 'new' after zero, 'stopped' at zero; null where there is nothing to compare. */
  revenue_trend: string | null;
  /** The same month a year before; null unless both are complete. */
  revenue_year_ago: string | null;
  /** Change against it over its size; null when that is zero or null. */
  revenue_year_change: string | null;
  /** Revenue with a known cost minus that cost: what a piece of the product cost on the day in the whole shop. Null when no line has one. */
  gross_profit: string | null;
  /** gross_profit over the revenue with a known cost; null when that is not above zero. */
  profit_margin: string | null;
  /** Part of revenue with a known cost; null when revenue is not above zero. */
  cost_coverage: string | null;
  /** How the branch sells a day in this month of the year, 1 is its usual month; null unless its season is confirmed or indicative, by the tests of seasonality. */
  season_index: string | null;
};

export type BranchProductsList = {
  rows: Array<BranchProductsRow>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type BranchProductsRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** The branch's name as names are compared. */
  branch_id: string | null;
  /** The spelling most of its lines use. */
  branch_name: string | null;
  /** The shop's product code, or the product's name where it has none. */
  product_id: string | null;
  /** Name to show. */
  product_name: string | null;
  /** Uncategorised when no file names one. */
  category: string | null;
  /** Net units of the branch in the last 90 days. */
  units_sold_90d: string | null;
  /** Their net revenue in shop currency. */
  revenue_90d: string | null;
  /** Net units of the branch in the last 365 days. */
  units_sold_365d: string | null;
  /** Their net revenue in shop currency. */
  revenue_365d: string | null;
  /** Within the branch, by revenue_365d. */
  rank_by_revenue: number | null;
  /** Last day on which the branch sold it; null when it never did. */
  last_sale_date: string | null;
  /** Days from it to the as-of day; null when never sold there. */
  idle_days: number | null;
  /** Units by the lists in use that name the branch; 0 where these do not name the product, null without such a list. */
  current_stock: string | null;
  /** Positive stock times the cost of the product; null when one is unknown. */
  stock_value: string | null;
  /** The branch's part of the units expected of the product, by its part of what was sold in 365 days; null where neither sold any. */
  expected_units_30d: string | null;
  /** The same of 60 days, halfway between 30 and 90. */
  expected_units_60d: string | null;
  /** out (none left, some would sell), short (gone before a delivery can arrive), plenty (more than 60 days sell), enough; unknown without a stock that can be believed. */
  branch_state: string | null;
  /** Whole units to 30 days of sales, where the branch is out or short; else 0. */
  units_lacking: string | null;
  /** Whole units beyond 60 days of sales. */
  units_to_spare: string | null;
  /** The branch with the most units to spare, where some of them are to go here; null where nothing is to be moved. */
  take_from_branch_id: string | null;
  /** Its name. */
  take_from_branch_name: string | null;
  /** Units to move from there; who lacks most is served first, and no more is given than there is to spare. */
  units_to_take: string | null;
};

/** One thing that was looked at. */
export type CheckAnswer = {
  name: string;
  status: "ok" | "note" | "problem";
  message: string;
};

export type ComparisonList = {
  rows: Array<DatasetSummaryRow>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type DatasetAnswer = {
  dataset_id: string;
  file_count?: number | null;
  refused_file_count?: number | null;
  rows_found?: number | null;
  rows_accepted?: number | null;
  rows_rejected?: number | null;
  rows_ignored?: number | null;
  sales_line_count?: number | null;
  rejected_share?: string | null;
  doubtful_share?: string | null;
  cost_coverage?: string | null;
  stock_match_share?: string | null;
  negative_stock_count?: number | null;
  months_of_history?: number | null;
  latest_sale_date?: string | null;
  latest_stock_date?: string | null;
  dataset_name?: string | null;
  currency?: string | null;
  as_of_date?: string | null;
  first_sale_date?: string | null;
  last_sale_date?: string | null;
  history_days?: number | null;
  complete_months?: number | null;
  gap_count?: number | null;
  last_gap_month?: string | null;
  open_days_365d?: number | null;
  open_days_next_90d?: number | null;
  last_complete_month?: string | null;
  product_count?: number | null;
  branch_count?: number | null;
  transaction_count?: number | null;
  revenue?: string | null;
  exact_revenue?: string | null;
  revenue_with_cost?: string | null;
  gross_profit?: string | null;
  exact_gross_profit?: string | null;
  stock_value?: string | null;
  lead_time_days?: number | null;
  is_lead_time_known?: boolean | null;
  order_cycle_days?: number | null;
  is_order_cycle_known?: boolean | null;
  target_margin?: string | null;
  state: string;
  summary: DatasetSummaryRow | null;
  files: Array<SourceFilesRow>;
  issues: Array<FileIssuesRow>;
  last_run: LastRun | null;
  snapshot: string;
};

export type DatasetSummaryRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** Name to show. */
  dataset_name: string | null;
  /** Code of the one currency. */
  currency: string | null;
  /** The day all windows end. */
  as_of_date: string | null;
  /** Null without sales. */
  first_sale_date: string | null;
  /** All net revenue; null without sales. */
  revenue: string | null;
  /** Null when no cost is known. */
  gross_profit: string | null;
  /** gross_profit over the revenue whose cost is known, 0 to 1. */
  profit_margin: string | null;
  /** Part of revenue whose cost is known. */
  cost_coverage: string | null;
  /** First day of the month; null when none is complete. */
  last_complete_month: string | null;
  /** Revenue of the last complete month. */
  month_revenue: string | null;
  /** Against the month before, 0.1 is ten per cent more; null without one. */
  month_revenue_change: string | null;
  /** Against the same month a year before; null without one. */
  month_revenue_year_change: string | null;
  /** Gross profit of the last complete month; null when no cost is known. */
  month_profit: string | null;
  /** Positive stock at cost; null when no cost is known. */
  stock_value: string | null;
  /** Cost value of products that do not move; null when there are none or their cost is unknown. */
  dead_stock_value: string | null;
  /** Products in stock that do not move. */
  dead_stock_product_count: number | null;
  /** Products sold, stocked or listed. */
  product_count: number | null;
  /** Accepted sales lines. */
  sales_line_count: number | null;
};

export type DatasetTotals = {
  dataset_id: string;
  file_count?: number | null;
  refused_file_count?: number | null;
  rows_found?: number | null;
  rows_accepted?: number | null;
  rows_rejected?: number | null;
  rows_ignored?: number | null;
  sales_line_count?: number | null;
  rejected_share?: string | null;
  doubtful_share?: string | null;
  cost_coverage?: string | null;
  stock_match_share?: string | null;
  negative_stock_count?: number | null;
  months_of_history?: number | null;
  latest_sale_date?: string | null;
  latest_stock_date?: string | null;
  dataset_name?: string | null;
  currency?: string | null;
  as_of_date?: string | null;
  first_sale_date?: string | null;
  last_sale_date?: string | null;
  history_days?: number | null;
  complete_months?: number | null;
  gap_count?: number | null;
  last_gap_month?: string | null;
  open_days_365d?: number | null;
  open_days_next_90d?: number | null;
  last_complete_month?: string | null;
  product_count?: number | null;
  branch_count?: number | null;
  transaction_count?: number | null;
  revenue?: string | null;
  exact_revenue?: string | null;
  revenue_with_cost?: string | null;
  gross_profit?: string | null;
  exact_gross_profit?: string | null;
  stock_value?: string | null;
  lead_time_days?: number | null;
  is_lead_time_known?: boolean | null;
  order_cycle_days?: number | null;
  is_order_cycle_known?: boolean | null;
  target_margin?: string | null;
  state: string;
};

export type DatasetsAnswer = {
  rows: Array<DatasetTotals>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
  last_run: LastRun | null;
};

export type DeadStockList = {
  rows: Array<DeadStockRow>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type DeadStockRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** The shop's product code, or the product's name where it has none. */
  product_id: string | null;
  /** Name to show. */
  product_name: string | null;
  /** Uncategorised when no file names one. */
  category: string | null;
  /** Units on the newest stock list, above zero. */
  current_stock: string | null;
  /** As in inventory_velocity; null when unknown. */
  unit_cost: string | null;
  /** Stock × cost, rounded per product; null when the cost is unknown. All rows add up to the shop's stock value. */
  estimated_value: string | null;
  /** Latest sale line with a positive quantity; null when never sold. */
  last_sale_date: string | null;
  /** Latest purchase; null when no file shows one. */
  last_receipt_date: string | null;
  /** Earliest date a file names the product; null when only undated files do. */
  first_seen_date: string | null;
  /** To the as-of date; null when never sold. */
  days_since_last_sale: number | null;
  /** Days to the as-of date since the later of last sale and last receipt; for a product never sold since it was first seen, or since the shop's first sale when no file dates it. */
  idle_days: number | null;
  /** idle_days in ranges, both ends included; unknown when no file of the shop carries a date. */
  idle_bucket: string | null;
  /** First that applies: new (known for less than new_product_days), active (idle for less than dead_stock_days), never_sold, off_season (as quiet a year before, and sold in the 180 days that followed), dead (expected to sell less than a quarter of the stock in 180 days), active. Unknown when idle_days is. */
  stock_state: string | null;
  /** Days the stock lasts at the expected demand; null when none is expected or it is not known yet. */
  days_of_cover: string | null;
  /** Units the next 180 days are expected to sell; 0 for what was never sold. */
  expected_units_180d: string | null;
  /** Units beyond what the next 180 days are expected to sell; null when too few days are known. */
  excess_quantity: string | null;
  /** excess_quantity × unit_cost; null when either is unknown. */
  excess_value: string | null;
  /** Dead or never sold: what will not turn into money by itself. */
  is_dead_stock: boolean | null;
};

export type EventLiftRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** What the row is about. */
  entity_type: string | null;
  /** The dataset for the store, or the category's name. */
  entity_id: string | null;
  /** The category; null for the store. */
  category: string | null;
  /** Name as in calendar_events. */
  event: string | null;
  /** Past dates with a full run-up and eight full weeks before it, in which the usual week sold something. */
  occurrences: number | null;
  /** Median over the occurrences of net units per day in the 21 days before the event ÷ median units per day of the eight weeks before those. 1 is no effect; never negative. */
  lift: string | null;
  /** First date of the event after the as-of date; null when calendar_events ends before. */
  next_event_date: string | null;
};

/** A text, who wrote it, what was said of a draft that was not used, and Lucid's own beside it. `source` is `ai` for one worded now, `cache` for one worded before, `template` for Lucid's own. */
export type ExplanationAnswer = {
  insight_id: string;
  headline: string;
  explanation: string;
  guidance: string;
  template_explanation: string;
  template_guidance: string;
  source: "ai" | "cache" | "template";
  provider: string | null;
  model: string | null;
  verdict: Array<string>;
  reason: string | null;
  snapshot: string;
};

export type FileIssuesRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** Hash of dataset and content. */
  source_file_id: string | null;
  /** Path below the dataset's folder. */
  file_name: string | null;
  /** note, warning or refusal. */
  severity: string | null;
  /** Short name of the issue. */
  code: string | null;
  /** The issue and what to do, in plain words. */
  message: string | null;
  /** Row the issue stands on; null when it concerns the whole file. */
  row_number: number | null;
  /** The revenue it concerns, without a sign; null when it concerns none or how much is not known. */
  amount: string | null;
  /** That as a part of the shop's revenue; null without one. Above 1 where returns left less than the file sold. */
  revenue_share: string | null;
};

/** How to read a file; what is left out is found. `columns` maps a heading to a field of the raw table, or to `ignore`; `header_row` counts from 1, as a spreadsheet does. `document` is what the rows are that do not say so themselves, `documents` maps words of type and status columns to what they mean. */
export type FileMapping = {
  kind?: "sales" | "purchases" | "inventory" | "products" | null;
  sheet?: string | null;
  header_row?: number | null;
  date_order?: "ymd" | "dmy" | "mdy" | "ydm" | "serial" | null;
  decimal_mark?: "." | "," | null;
  columns?: Record<string, string>;
  document?: "sale" | "sale_return" | "ignored" | null;
  documents?: Record<string, "sale" | "sale_return" | "ignored">;
};

/** One thing a rule would speak of. */
export type FoundAnswer = {
  entity_id: string;
  entity_name: string;
  estimated_impact: string | null;
  cash_at_stake: string | null;
  confidence: "low" | "medium" | "high";
};

/** Whether all is well, and each thing that was looked at. */
export type HealthAnswer = {
  healthy: boolean;
  checks: Array<CheckAnswer>;
  snapshot: string;
  worker: "at work" | "waiting";
};

export type Insight = {
  dataset_id: string | null;
  insight_id: string | null;
  rule_id: string | null;
  category: string | null;
  entity_type: string | null;
  entity_id: string | null;
  entity_name: string | null;
  title: string | null;
  summary: string | null;
  severity: string | null;
  confidence: string | null;
  confidence_score: number | null;
  confidence_reasons: unknown;
  supporting_metrics: unknown;
  estimated_impact: string | null;
  cash_at_stake: string | null;
  recommended_action: string | null;
  priority: string | null;
  priority_parts: unknown;
  valid_until: string | null;
  generated_at: string | null;
  status: string | null;
  since_date: string | null;
  is_active: boolean | null;
  rank: number | null;
};

export type InsightAnswer = {
  dataset_id: string | null;
  insight_id: string | null;
  rule_id: string | null;
  category: string | null;
  entity_type: string | null;
  entity_id: string | null;
  entity_name: string | null;
  title: string | null;
  summary: string | null;
  severity: string | null;
  confidence: string | null;
  confidence_score: number | null;
  confidence_reasons: unknown;
  supporting_metrics: unknown;
  estimated_impact: string | null;
  cash_at_stake: string | null;
  recommended_action: string | null;
  priority: string | null;
  priority_parts: unknown;
  valid_until: string | null;
  generated_at: string | null;
  status: string | null;
  since_date: string | null;
  is_active: boolean | null;
  rank: number | null;
  explanation: KeptExplanation | null;
  as_of: string | null;
  currency: string | null;
  snapshot: string;
};

export type InsightsList = {
  rows: Array<Insight>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type InventoryVelocityList = {
  rows: Array<InventoryVelocityRow>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type InventoryVelocityRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** The shop's product code, or the product's name where it has none. */
  product_id: string | null;
  /** Name to show. */
  product_name: string | null;
  /** Uncategorised when no file names one. */
  category: string | null;
  /** Units on the newest stock list; negative where the records are wrong; null without a stock record. */
  current_stock: string | null;
  /** Cost of one unit: of what is left of the purchases, first in first out, else of the stock or price list; null when unknown or without a stock record. */
  unit_cost: string | null;
  /** Stock × cost, rounded per product; negative for negative stock; null when the cost is unknown. */
  stock_value: string | null;
  /** Day of the stock figure; null when the list names none. */
  stock_date: string | null;
  /** Net of returns, in the 90 days that end with the as-of date; negative when more came back. */
  units_sold_90d: string | null;
  /** Net units sold in the last 180 days. */
  units_sold_180d: string | null;
  /** Net of returns, in the 365 days that end with the as-of date. */
  units_sold_365d: string | null;
  /** Units bought in the last 180 days less those sent back; null when no purchase is known. */
  units_received_180d: string | null;
  /** Open days of the last 90 on which the product could be sold: since its first sale, and not out of stock. */
  days_available_90d: number | null;
  /** Open days of the last 365 on which the product was out of stock, by the books or by its sales. */
  out_of_stock_days_365d: number | null;
  /** Net units sold in the last 90 days per day available, bulk orders left out, at least 0; null with less than 21 such days. */
  daily_sales: string | null;
  /** Standard deviation of the units of a day on sale in the last 90 days; null like daily_sales. */
  daily_deviation: string | null;
  /** Units of bulk orders in the last 90 days: sold, but no part of what is usual. */
  bulk_quantity: string | null;
  /** What the expected units follow from: year (the same days a year before, at this year's level), category (its own rate, with the coming months of its category), rate (its rate alone), stopped (silent for too long to be chance); null for what was never sold or is known for too few days. */
  demand_basis: string | null;
  /** Units the next 30 days are expected to sell, with seasons and festivals; null without a basis. */
  expected_units_30d: string | null;
  /** The same of 90 days. */
  expected_units_90d: string | null;
  /** The same of 180 days. */
  expected_units_180d: string | null;
  /** Days the stock lasts at the expected demand, beyond 180 days at its mean; null when none is expected, or the stock is unknown, old or negative. */
  days_of_cover: string | null;
  /** Times a year the average stock is sold: cost of goods sold of up to 365 days, annualised, ÷ average stock at cost; in units where a cost is unknown. Null when the average stock is unknown or zero. */
  turnover_rate: string | null;
  /** 365 ÷ turnover; null when nothing was sold. */
  average_days_in_stock: string | null;
  /** Where the average stock comes from: backcast (counted back through sales and purchases), snapshot (today's figure only), none (no stock record); ledger is kept for a full stock ledger. */
  turnover_basis: string | null;
  /** high from a turnover of 12 on, medium from 4, low below, none when it is null. */
  velocity_class: string | null;
  /** Units sold in 90 days ÷ (those + stock), 0 to 1; null when both are zero, or the stock is unknown or negative. */
  sell_through: string | null;
  /** Gross profit per year for each rupee of average stock at cost; null when any cost is unknown. */
  gmroi: string | null;
  /** Stock at which to order: sales during the lead time, scaled by the coming months' index for a confirmed season, and a safety stock by ABC class (A 1.65, B 1.28, else 0.84 standard deviations). Null without daily_sales. */
  reorder_point: string | null;
  /** Stock an order is to bring about: the reorder point and what is expected to sell in order_cycle_days. Null without daily_sales. */
  order_up_to: string | null;
  /** Whole units that bring the stock up to order_up_to; 0 above the reorder point; null when either is unknown. */
  suggested_order_quantity: string | null;
  /** Days from order to arrival, as the shop says or as assumed. */
  lead_time_days: number | null;
  /** What the shop's lucid.yml says it of: product, supplier, category or shop; else assumed. */
  lead_time_basis: string | null;
  /** Whether the shop has said how long an order takes; else it is assumed. */
  is_lead_time_known: boolean | null;
  /** out (no stock, sold within a year), critical (cover below the lead time), soon (at or below the reorder point), none; null when it cannot be told: no or negative stock record, or too few days on sale. */
  stockout_risk: string | null;
  /** What limits the figures, first that applies: no_stock_record, negative_stock, stale_stock (counted long before the last sale, and no purchases carry it forward), out_of_stock, no_sales (never sold), insufficient_history (less than 21 days on sale), no_sales (nothing net in 90 days), ok. */
  inventory_status: string | null;
};

/** What was kept, and the job that follows it. */
export type KeptAnswer = {
  rule_id: string;
  job: Asked;
};

export type KeptExplanation = {
  dataset_id: string | null;
  insight_id: string | null;
  kind: string | null;
  headline: string | null;
  explanation: string | null;
  guidance: string | null;
  text_source: string | null;
  provider: string | null;
  model: string | null;
  prompt_hash: string | null;
  verdict_codes: unknown;
  template_reason: string | null;
  template_explanation: string | null;
  template_guidance: string | null;
  facts_hash: string | null;
  generated_at: string | null;
};

/** What a shop says of itself; `text` is that part of its lucid.yml. */
export type KnowledgeAnswer = {
  rows: Array<TermAnswer>;
  text: string;
};

/** What holds now, and the job that follows it. */
export type KnowledgeKept = {
  rows: Array<TermAnswer>;
  text: string;
  job: Asked;
};

/** All that a shop says of itself, as YAML. */
export type KnowledgeText = {
  text: string;
};

/** How the newest run ended, or that it is at work. */
export type LastRun = {
  status: string;
  started_at: string | null;
  finished_at: string | null;
  message: string | null;
};

/** What a file is read as: each column with the field it is taken for, and the first rows. */
export type Look = {
  name: string;
  /** False where the same content lay there already. */
  was_new: boolean | null;
  kind: string | null;
  profile: string | null;
  header_row: number | null;
  status: string;
  reason: string | null;
  columns: Array<Record<string, unknown>>;
  issues: Array<Record<string, unknown>>;
  rows: Record<string, Array<Record<string, unknown>>>;
  /** The first rows as they stand there. */
  top: Array<TopRow>;
  /** Bills of a PDF that do not count, each with the ways to read it. */
  puzzles: Array<Record<string, unknown>>;
};

/** Files that were looked at; nothing of them is kept. */
export type Looked = {
  files: Array<Look>;
};

/** What was kept, and the job that reads by it. */
export type Mapped = {
  text: string;
  job: Asked;
};

/** A shop's mapping.yml, and what may stand in it. */
export type MappingAnswer = {
  text: string;
  problem: string | null;
  fields: Record<string, Array<string>>;
};

/** A whole mapping.yml. */
export type MappingText = {
  text: string;
};

/** What was removed or brought back, and the job that follows it. */
export type Moved = {
  dataset_id: string;
  count: number;
  job: Asked;
};

/** What went wrong, and what to do about it. */
export type Problem = {
  /** A name of this kind of problem that does not change. */
  type: string;
  title: string;
  status: number;
  detail: string;
  remedy: string;
  /** The part of the question it is about. */
  field?: string | null;
  /** The run that broke, where one did. */
  job?: string | null;
};

export type ProductAnswer = {
  product: ProductMasterRow;
  insights: Array<Insight>;
  as_of: string | null;
  currency: string | null;
  snapshot: string;
  best_sellers: Array<BestSellersRow>;
  revenue_contribution: Array<RevenueContributionRow>;
  inventory_velocity: Array<InventoryVelocityRow>;
  dead_stock: Array<DeadStockRow>;
  profitability: Array<ProfitabilityRow>;
  seasonality: Array<SeasonalityRow>;
  event_lift: Array<EventLiftRow>;
  trends: Array<TrendsRow>;
  trend_signals: Array<TrendSignalsRow>;
};

export type ProductMasterRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** The shop's product code, lower case; the name where it has none. */
  product_id: string | null;
  /** The spelling most lines use. */
  product_name: string | null;
  /** Uncategorised when no file names one. */
  category: string | null;
  /** Unit of the quantity; null when no file names one. */
  unit: string | null;
  /** Whom it was bought from last; null when no purchase says so. */
  supplier: string | null;
  /** Cost per unit by the newest stock list, else the product list; null when unknown. */
  item_cost: string | null;
  /** Sale price of the product list; null when unknown. */
  list_price: string | null;
  /** Units on hand; null when no stock list names the product. */
  current_stock: string | null;
  /** First dated mention; null when no file dates it. */
  first_seen_date: string | null;
  /** Null when never sold. */
  first_sale_date: string | null;
  /** Last day with a positive quantity; null when never sold. */
  last_sale_date: string | null;
  /** Last purchase; null when purchases are unknown. */
  last_receipt_date: string | null;
};

export type ProfitabilityList = {
  rows: Array<ProfitabilityRow>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type ProfitabilityRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** 'all', 'last_12_months' or 'last_90_days', ending on the as-of day. */
  profit_window: string | null;
  /** The shop's product code, or its normalised name where files carry no code. */
  product_id: string | null;
  /** The product's most frequent spelling. */
  product_name: string | null;
  /** The product's category; 'Uncategorised' where the files name none. */
  category: string | null;
  /** Units sold minus units returned. */
  quantity: string | null;
  /** Units of lines with a positive quantity. */
  units_sold: string | null;
  /** Units that came back, as a positive number. */
  units_returned: string | null;
  /** Net revenue in shop currency of all lines, returns subtracted. */
  revenue: string | null;
  /** The part of revenue on lines whose cost is known; null when there is none. */
  revenue_with_cost: string | null;
  /** Cost of the goods on those lines, returns subtracted; null when none is known. */
  cost: string | null;
  /** revenue_with_cost minus cost, negative for a loss; null when no cost is known. */
  gross_profit: string | null;
  /** gross_profit / revenue_with_cost: 0.25 keeps a quarter of each rupee, negative for a loss. Null when no cost is known or revenue_with_cost is not above zero. Wider than other rates: goods given away for a paisa lose their price many times over. */
  profit_margin: string | null;
  /** revenue_with_cost / revenue, 0 when no cost is known. Above 1 when returns lack a cost; null when revenue is not above zero or almost nothing is left of it (1000 times and more). */
  cost_coverage: string | null;
  /** Where the known costs come from: 'line', 'purchases', 'item', 'mixed' (several), 'none'. */
  cost_basis: string | null;
  /** Sale and return lines in the window. */
  line_count: number | null;
  /** 1 is the highest gross profit among products with status ok, ties to the lower product_id; null for the others. */
  profit_rank: number | null;
  /** 1 is the highest profit_margin among products with status ok, ties to the lower product_id; null for the others. */
  margin_rank: number | null;
  /** 'no_cost' no line's cost is known; 'non_positive_revenue'; 'partial_cost' coverage below `partial_cost`; else 'ok'. */
  profit_status: string | null;
};

export type RevenueContributionList = {
  rows: Array<RevenueContributionRow>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type RevenueContributionRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** 'all' or 'last_12_months' (the twelve months that end on the as-of day). */
  revenue_window: string | null;
  /** The shop's product code, or its normalised name where files carry no code. */
  product_id: string | null;
  /** The product's most frequent spelling. */
  product_name: string | null;
  /** The product's category; 'Uncategorised' where the files name none. */
  category: string | null;
  /** Net revenue in shop currency, returns subtracted; 0 when nothing was sold. */
  revenue: string | null;
  /** Part of all positive revenue, 0 for a product at or below zero; null when no product is above zero. */
  revenue_share: string | null;
  /** Share of this product and all ranked before it; null without a sale or when no product is above zero. */
  cumulative_share: string | null;
  /** 1 is the highest revenue, ties go to the lower product_id; null when there was no sale in the window. */
  revenue_rank: number | null;
  /** A while the share before the product is below `abc_a`, B below `abc_b`, else C; N no sale in the window, R net revenue below zero. */
  abc_class: string | null;
  /** Revenue of the lines with a known cost minus that cost; null when no line's cost is known or nothing was sold. */
  gross_profit: string | null;
  /** A, B, C as abc_class by positive gross profit; R when the profit is below zero; null when it is unknown. */
  abc_class_profit: string | null;
  /** How steady monthly units are: X variation below `xyz_x`, Y below `xyz_y`, else Z; null as unit_variation. */
  xyz_class: string | null;
  /** Sample standard deviation of units per month divided by their mean, over the last 12 complete months since the first sale, months without a sale included. Null with fewer than `xyz_min_months` of them or no net unit sold. */
  unit_variation: number | null;
};

/** A rule with its limits; `changed` holds other limits by shop, "" for all shops. */
export type RuleAnswer = {
  rule_id: string;
  category: string;
  entity_type: string;
  parameters: Record<string, number>;
  clears_at: Record<string, number>;
  changed: Record<string, Record<string, number>>;
};

/** A rule at other limits for one shop, or a new rule as the text of a rule file. */
export type RuleQuestion = {
  shop: string;
  rule_id?: string | null;
  limits?: Record<string, number> | null;
  text?: string | null;
};

/** All usable rules, and what is broken in rule files and settings. */
export type RulesAnswer = {
  rows: Array<RuleAnswer>;
  total: number;
  problems: Array<string>;
};

/** One run, by whomever it was started; `fraction` is how far it is, 0 to 1. */
export type RunAnswer = {
  job_id: string;
  kind: string;
  status: string;
  why: string | null;
  asked_at: string | null;
  started_at: string | null;
  finished_at: string | null;
  step: string | null;
  fraction: number;
  message: string | null;
  error: string | null;
  files: number | null;
  rows_accepted: number | null;
  rows_rejected: number | null;
  steps: Record<string, number>;
  lines: Array<string>;
  finished_by: string | null;
};

/** What to do again: what changed, or everything with `full`; a run always reads all shops. */
export type RunQuestion = {
  full?: boolean;
  /** Whom it is for. */
  shop?: string | null;
};

/** All runs that are known, newest first. */
export type RunsAnswer = {
  rows: Array<RunAnswer>;
  total: number;
};

/** What is said of an insight now; it holds from the job's end on. */
export type SaidAnswer = {
  insight_id: string;
  snoozed_until: string | null;
  done_on: string | null;
  not_useful: boolean;
  job: Asked;
};

export type SeasonalityList = {
  rows: Array<SeasonalityRow>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type SeasonalityRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** What the row is about. */
  entity_type: string | null;
  /** The dataset for the store, the category's name, or the product_id. */
  entity_id: string | null;
  /** Name to show. */
  entity_name: string | null;
  /** Category of the product or the category itself; null for the store. */
  category: string | null;
  /** Share of the variation around the trend that repeats every year, 0 to 1. Reported, never used to decide; null when not tested. */
  seasonality_score: number | null;
  /** F-test of the calendar months, 11 and months_observed − 13 degrees of freedom. 0 for a constant series; null when the months explain everything or when not tested. */
  f_statistic: number | null;
  /** Chance of so large an F without a season, 0 to 1; 0 for a perfect repeat; null when not tested. */
  p_value: number | null;
  /** p_value after Benjamini–Hochberg within dataset and entity_type: share of false finds when all up to here are believed. Null when not tested. */
  q_value: number | null;
  /** Highest minus lowest month index; null without a season_source. */
  amplitude: string | null;
  /** Calendar months (1 to 12) with index ≥ 1.15, ascending; null when there are none. */
  peak_months: Array<number> | null;
  /** Calendar months (1 to 12) with index ≤ 0.85, ascending; null when there are none. */
  low_months: Array<number> | null;
  /** Sales of January per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_1_index: string | null;
  /** Sales of February per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_2_index: string | null;
  /** Sales of March per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_3_index: string | null;
  /** Sales of April per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_4_index: string | null;
  /** Sales of May per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_5_index: string | null;
  /** Sales of June per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_6_index: string | null;
  /** Sales of July per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_7_index: string | null;
  /** Sales of August per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_8_index: string | null;
  /** Sales of September per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_9_index: string | null;
  /** Sales of October per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_10_index: string | null;
  /** Sales of November per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_11_index: string | null;
  /** Sales of December per trading day against the mean month, trend taken out; 1 is an average month. Null without a season_source. */
  month_12_index: string | null;
  /** Full years counted back from the newest complete month, at most five. */
  years_observed: number | null;
  /** Months tested: 12 for each year; with less than two years, all complete months since the first sale. */
  months_observed: number | null;
  /** confirmed (three years or more), indicative (two years), none, or why it was not tested: too_sparse, insufficient_history. */
  verdict: string | null;
  /** own, or category where the product cannot be tested and its category can: indices, peaks and amplitude are then the category's. Null when neither can. */
  season_source: string | null;
  /** First day of the first peak month after the as-of month; null unless the season read (own or the category's) is confirmed or indicative. */
  next_peak_month: string | null;
  /** high from three years on, medium with two, low when not tested. */
  confidence: string | null;
};

export type SourceFilesRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** Hash of dataset and content. */
  source_file_id: string | null;
  /** Path below the dataset's folder. */
  file_name: string | null;
  /** Hash of the content. */
  sha256: string | null;
  /** csv, xlsx, xls or ods; null when not recognised. */
  container: string | null;
  /** sales, inventory, products or purchases; orders for a list whose lines stand in another file; null when not recognised. */
  kind: string | null;
  /** The layout it was recognised as. */
  profile: string | null;
  /** accepted, refused, quarantined, duplicate or superseded. */
  status: string | null;
  /** Short name of the refusal; null when accepted. */
  reason: string | null;
  /** What is wrong, where, and the remedy; null when accepted. */
  message: string | null;
  /** The file's own total of the amount column, as found; null when it prints none. */
  printed_total: string | null;
  /** Size of the file. */
  size_bytes: number | null;
  /** Row of the headings; null when none was found. */
  header_row: number | null;
  /** Rows below the headings, ignored ones included. */
  rows_found: number | null;
  /** Rows that count. */
  rows_accepted: number | null;
  /** Rows refused with a reason, see rejected_rows. */
  rows_rejected: number | null;
  /** Rows left out on purpose: blank, repeated headings, totals, notes, documents that are no sale. */
  rows_ignored: number | null;
  /** Blank rows among the ignored. */
  blank_rows: number | null;
  /** Repeated headings among the ignored. */
  repeated_header_rows: number | null;
  /** Total lines among the ignored. */
  total_rows: number | null;
  /** Notes among the ignored. */
  note_rows: number | null;
  /** Accepted rows that name a quantity, a price and an amount. */
  rows_tested: number | null;
  /** Those of rows_tested whose amount is quantity times price, with the discount and the tax of the row. */
  rows_explained: number | null;
  /** Net revenue of the accepted rows; null when the file has no sales. */
  accepted_total: string | null;
  /** When the file was read, UTC. The only clock in these tables. */
  ingested_at: string | null;
};

/** One thing a shop can say of itself: what holds, what is assumed, and what it decides. */
export type TermAnswer = {
  key: string;
  label: string;
  value: string;
  usual: string;
  decides: string;
  is_told: boolean;
};

/** What a listed program's page writes with. */
export type TokenAnswer = {
  token: string;
};

/** A row as it stands in a file; `number` counts as a spreadsheet does. */
export type TopRow = {
  number: number;
  cells: Array<string>;
};

export type TrendSignalsRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** 'store' (charges included), 'category' or 'product'. */
  entity_type: string | null;
  /** dataset_id, category name or product_id. */
  entity_id: string | null;
  /** What the owner calls it: dataset_id, category name or product name. */
  entity_name: string | null;
  /** The product's category, the category itself, null for the store. */
  category: string | null;
  /** 'rising', 'declining', 'stable', or 'insufficient_history': fewer than `signal_min_months` (9) complete months, or fewer than 15 of a product whose category is seasonal, or fewer than two of the three months left that are in both years. */
  signal: string | null;
  /** 'year_on_year' (15 complete months and more), 'mann_kendall' (9 to 14, category not seasonal), null without a test. */
  method: string | null;
  /** Units of the last 3 complete months, or of those of them that are compared. */
  recent_quantity: string | null;
  /** Units of the same 3 months a year ago; null unless the method is year_on_year. */
  previous_quantity: string | null;
  /** (recent - previous) / |previous| quantity; null when previous is zero or null. */
  quantity_change: string | null;
  /** Net revenue of the last 3 complete months in shop currency. */
  recent_revenue: string | null;
  /** Net revenue of the same 3 months a year ago; null unless the method is year_on_year. */
  previous_revenue: string | null;
  /** (recent - previous) / |previous| revenue; null when previous is zero or null. */
  revenue_change: string | null;
  /** Gross profit of the last 3 complete months on lines with a known cost; null when no cost is known. */
  recent_profit: string | null;
  /** The same a year ago; null when no cost is known and unless the method is year_on_year. */
  previous_profit: string | null;
  /** Per day on sale, the mean of the last 3 complete months: units of a product, revenue of the rest; without bulk orders and without months that are missing in either year. */
  recent_rate: string | null;
  /** The same of these months a year ago; null unless the method is year_on_year. */
  previous_rate: string | null;
  /** (recent - previous) / |previous| rate: what the signal is judged by; null when the previous is zero or null. */
  rate_change: string | null;
  /** Days on sale in the months recent_quantity is of. */
  recent_days: number | null;
  /** Days on sale in the months previous_quantity is of; null unless the method is year_on_year. */
  previous_days: number | null;
  /** Last day a product was out of stock; null where none is known. Back for less than `returned_days` (60) it is never declining. */
  last_out_of_stock_date: string | null;
  /** Sample standard deviation of the last 24 monthly rates, or of those there are; null below two. */
  monthly_deviation: number | null;
  /** 1.64 × monthly_deviation × √(2 × months compared): what the sum of the rates must change by to count; null unless the method is year_on_year. */
  threshold_rate: string | null;
  /** How likely such a change is by chance: two-sided p of the difference of the compared rates against the noise between neighbouring months, of products halfway between it and that of their days as the shop's products have it (int_signal_noises), or of the Mann-Kendall test with ties; null without a test. */
  p_value: number | null;
  /** p corrected for how many were tested (Benjamini-Hochberg), within the entities whose change could be worth min_impact of the revenue, and within the others: of all with a q of 0.05 or less a twentieth may be chance. A signal has signal_q (0.05) or less. Null without a test. */
  q_value: string | null;
  /** Theil-Sen slope per month divided by the median month: 0.02 is 2 % a month. Null unless the method is mann_kendall and the median month is above zero. */
  slope_per_month: string | null;
  /** Complete months since the entity's first sale. */
  months_observed: number | null;
  /** First day of the tested months: the last three, or the whole series for mann_kendall; null without a test. */
  window_start: string | null;
  /** Last day of the newest complete month; null without a test. */
  window_end: string | null;
  /** 'high' with 24 months and more, 'medium' with fewer, 'low' without a test. */
  confidence: string | null;
};

export type TrendsList = {
  rows: Array<TrendsRow>;
  /** How many rows there are in all. */
  total: number;
  limit: number;
  offset: number;
  /** The last day that counts: the shop's today. */
  as_of: string | null;
  /** The currency of every amount. */
  currency: string | null;
  /** The build that all of this comes from. */
  snapshot: string;
};

export type TrendsRow = {
  /** The shop: name of its folder in the inbox. */
  dataset_id: string | null;
  /** 'store' (charges included), 'category' or 'product'. */
  entity_type: string | null;
  /** dataset_id, category name or product_id. */
  entity_id: string | null;
  /** What the owner calls it: dataset_id, category name or product name. */
  entity_name: string | null;
  /** The product's category, the category itself, null for the store. */
  category: string | null;
  /** First day of the month. */
  month: string | null;
  /** False for the running month and for a first month that began with sales late in it: no trend is called there. */
  is_complete: boolean | null;
  /** Whether the shop sold nothing at all in a month between months with sales: most likely a file is missing. */
  is_gap: boolean | null;
  /** Days of the month on which the shop was open: all but closed weekdays and closed time. */
  open_days: number | null;
  /** Open days on which it could be sold: of a product those on which it was not out of stock. */
  sale_days: number | null;
  /** Units of a product, revenue of the rest, per day of sale_days, without bulk orders: what trends are judged by. Null for a month that is not complete or has too few such days. */
  daily_rate: string | null;
  /** Net revenue in shop currency, returns subtracted. */
  revenue?: string | null;
  /** Net revenue in shop currency, returns subtracted in the month before; for the running month in the same days of it. Null when that month is not complete. */
  revenue_previous?: string | null;
  /** (revenue - revenue_previous) / |revenue_previous|: 0.1 is 10 % more. Null when the month before is zero or null. */
  revenue_change?: string | null;
  /** 'up' above +`trend_band`, 'down' below -`trend_band`, else 'flat'; 'new' after zero, 'stopped' at zero; null for an incomplete month or when there is nothing to compare. */
  revenue_trend?: string | null;
  /** Net revenue in shop currency, returns subtracted in the same month a year ago; for the running month in the same days. Null when that month is not complete. */
  revenue_year_ago?: string | null;
  /** (revenue - revenue_year_ago) / |revenue_year_ago|. Null when the year-ago value is zero or null. */
  revenue_year_change?: string | null;
  /** Units sold minus units returned. */
  quantity?: string | null;
  /** Units sold minus units returned in the month before; for the running month in the same days of it. Null when that month is not complete. */
  quantity_previous?: string | null;
  /** (quantity - quantity_previous) / |quantity_previous|: 0.1 is 10 % more. Null when the month before is zero or null. */
  quantity_change?: string | null;
  /** 'up' above +`trend_band`, 'down' below -`trend_band`, else 'flat'; 'new' after zero, 'stopped' at zero; null for an incomplete month or when there is nothing to compare. */
  quantity_trend?: string | null;
  /** Units sold minus units returned in the same month a year ago; for the running month in the same days. Null when that month is not complete. */
  quantity_year_ago?: string | null;
  /** (quantity - quantity_year_ago) / |quantity_year_ago|. Null when the year-ago value is zero or null. */
  quantity_year_change?: string | null;
  /** Gross profit on lines with a known cost, in shop currency; 0 without a line. Null when no line's cost is known. */
  profit?: string | null;
  /** Gross profit on lines with a known cost, in shop currency; 0 without a line in the month before; for the running month in the same days of it. Null when that month is not complete. Null when no line's cost is known. */
  profit_previous?: string | null;
  /** (profit - profit_previous) / |profit_previous|: 0.1 is 10 % more. Null when the month before is zero or null. */
  profit_change?: string | null;
  /** 'up' above +`trend_band`, 'down' below -`trend_band`, else 'flat'; 'new' after zero, 'stopped' at zero; null for an incomplete month or when there is nothing to compare. */
  profit_trend?: string | null;
  /** Gross profit on lines with a known cost, in shop currency; 0 without a line in the same month a year ago; for the running month in the same days. Null when that month is not complete. Null when no line's cost is known. */
  profit_year_ago?: string | null;
  /** (profit - profit_year_ago) / |profit_year_ago|. Null when the year-ago value is zero or null. */
  profit_year_change?: string | null;
};

/** What a rule would find now; nothing is kept. */
export type TrialAnswer = {
  rule_id: string;
  count: number;
  usual: number | null;
  sentence: string;
  found: Array<FoundAnswer>;
  currency: string | null;
  snapshot: string;
};

/** What was brought, and the job that reads it. */
export type Uploaded = {
  dataset_id: string;
  files: Array<Look>;
  job: Asked;
};

export interface Operations {
  compare_datasets: {
    method: "GET";
    address: "/api/v1/compare";
    path: {  };
    query: { shops?: string };
    body: undefined;
    answer: ComparisonList;
  };
  list_datasets: {
    method: "GET";
    address: "/api/v1/datasets";
    path: {  };
    query: {  };
    body: undefined;
    answer: DatasetsAnswer;
  };
  delete_dataset: {
    method: "DELETE";
    address: "/api/v1/datasets/{shop}";
    path: { shop: string };
    query: {  };
    body: undefined;
    answer: Moved;
  };
  get_dataset: {
    method: "GET";
    address: "/api/v1/datasets/{shop}";
    path: { shop: string };
    query: {  };
    body: undefined;
    answer: DatasetAnswer;
  };
  best_sellers: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/best-sellers";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null };
    body: undefined;
    answer: BestSellersList;
  };
  best_sellers_csv: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/best-sellers.csv";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null };
    body: undefined;
    answer: Blob;
  };
  best_sellers_parquet: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/best-sellers.parquet";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null };
    body: undefined;
    answer: Blob;
  };
  best_sellers_xlsx: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/best-sellers.xlsx";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null };
    body: undefined;
    answer: Blob;
  };
  branch_months: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/branch-months";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; months?: number | null; branch?: string | null };
    body: undefined;
    answer: BranchMonthsList;
  };
  branch_months_csv: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/branch-months.csv";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; months?: number | null; branch?: string | null };
    body: undefined;
    answer: Blob;
  };
  branch_months_parquet: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/branch-months.parquet";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; months?: number | null; branch?: string | null };
    body: undefined;
    answer: Blob;
  };
  branch_months_xlsx: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/branch-months.xlsx";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; months?: number | null; branch?: string | null };
    body: undefined;
    answer: Blob;
  };
  branch_products: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/branch-products";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; days?: number | null; category?: string | null; branch?: string | null; state?: string | null };
    body: undefined;
    answer: BranchProductsList;
  };
  branch_products_csv: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/branch-products.csv";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; days?: number | null; category?: string | null; branch?: string | null; state?: string | null };
    body: undefined;
    answer: Blob;
  };
  branch_products_parquet: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/branch-products.parquet";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; days?: number | null; category?: string | null; branch?: string | null; state?: string | null };
    body: undefined;
    answer: Blob;
  };
  branch_products_xlsx: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/branch-products.xlsx";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; days?: number | null; category?: string | null; branch?: string | null; state?: string | null };
    body: undefined;
    answer: Blob;
  };
  dead_stock: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/dead-stock";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; days?: number | null; category?: string | null; state?: string | null; bucket?: string | null };
    body: undefined;
    answer: DeadStockList;
  };
  dead_stock_csv: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/dead-stock.csv";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; days?: number | null; category?: string | null; state?: string | null; bucket?: string | null };
    body: undefined;
    answer: Blob;
  };
  dead_stock_parquet: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/dead-stock.parquet";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; days?: number | null; category?: string | null; state?: string | null; bucket?: string | null };
    body: undefined;
    answer: Blob;
  };
  dead_stock_xlsx: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/dead-stock.xlsx";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; days?: number | null; category?: string | null; state?: string | null; bucket?: string | null };
    body: undefined;
    answer: Blob;
  };
  upload_files: {
    method: "POST";
    address: "/api/v1/datasets/{shop}/files";
    path: { shop: string };
    query: { replace?: boolean };
    body: FormData;
    answer: Uploaded;
  };
  delete_file: {
    method: "DELETE";
    address: "/api/v1/datasets/{shop}/files/{file_id}";
    path: { shop: string; file_id: string };
    query: {  };
    body: undefined;
    answer: Moved;
  };
  map_bill_layout: {
    method: "PUT";
    address: "/api/v1/datasets/{shop}/files/{file_id}/bill-layout";
    path: { shop: string; file_id: string };
    query: {  };
    body: BillLayout;
    answer: Mapped;
  };
  look_at_file: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/files/{file_id}/look";
    path: { shop: string; file_id: string };
    query: {  };
    body: undefined;
    answer: Look;
  };
  map_file: {
    method: "PUT";
    address: "/api/v1/datasets/{shop}/files/{file_id}/mapping";
    path: { shop: string; file_id: string };
    query: {  };
    body: FileMapping;
    answer: Mapped;
  };
  try_mapping: {
    method: "POST";
    address: "/api/v1/datasets/{shop}/files/{file_id}/try";
    path: { shop: string; file_id: string };
    query: {  };
    body: FileMapping;
    answer: Look;
  };
  list_insights: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/insights";
    path: { shop: string };
    query: { category?: "growth" | "risk" | "efficiency" | null; confidence?: "low" | "medium" | "high" | null; status?: "active" | "new" | "ongoing" | "resolved" | "all"; limit?: number; offset?: number };
    body: undefined;
    answer: InsightsList;
  };
  get_insight: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/insights/{insight_id}";
    path: { shop: string; insight_id: string };
    query: {  };
    body: undefined;
    answer: InsightAnswer;
  };
  get_explanation: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/insights/{insight_id}/explanation";
    path: { shop: string; insight_id: string };
    query: {  };
    body: undefined;
    answer: ExplanationAnswer;
  };
  generate_explanation: {
    method: "POST";
    address: "/api/v1/datasets/{shop}/insights/{insight_id}/explanation";
    path: { shop: string; insight_id: string };
    query: {  };
    body: undefined;
    answer: ExplanationAnswer;
  };
  snooze_insight: {
    method: "PUT";
    address: "/api/v1/datasets/{shop}/insights/{insight_id}/snooze";
    path: { shop: string; insight_id: string };
    query: {  };
    body: Answer;
    answer: SaidAnswer;
  };
  inventory_velocity: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/inventory-velocity";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; category?: string | null; status?: string | null; risk?: string | null; velocity?: string | null };
    body: undefined;
    answer: InventoryVelocityList;
  };
  inventory_velocity_csv: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/inventory-velocity.csv";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; category?: string | null; status?: string | null; risk?: string | null; velocity?: string | null };
    body: undefined;
    answer: Blob;
  };
  inventory_velocity_parquet: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/inventory-velocity.parquet";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; category?: string | null; status?: string | null; risk?: string | null; velocity?: string | null };
    body: undefined;
    answer: Blob;
  };
  inventory_velocity_xlsx: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/inventory-velocity.xlsx";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; category?: string | null; status?: string | null; risk?: string | null; velocity?: string | null };
    body: undefined;
    answer: Blob;
  };
  get_knowledge: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/knowledge";
    path: { shop: string };
    query: {  };
    body: undefined;
    answer: KnowledgeAnswer;
  };
  put_knowledge: {
    method: "PUT";
    address: "/api/v1/datasets/{shop}/knowledge";
    path: { shop: string };
    query: {  };
    body: KnowledgeText;
    answer: KnowledgeKept;
  };
  get_mapping: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/mapping";
    path: { shop: string };
    query: {  };
    body: undefined;
    answer: MappingAnswer;
  };
  put_mapping: {
    method: "PUT";
    address: "/api/v1/datasets/{shop}/mapping";
    path: { shop: string };
    query: {  };
    body: MappingText;
    answer: Mapped;
  };
  get_product: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/products/{product_id}";
    path: { shop: string; product_id: string };
    query: {  };
    body: undefined;
    answer: ProductAnswer;
  };
  profitability: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/profitability";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null; status?: string | null };
    body: undefined;
    answer: ProfitabilityList;
  };
  profitability_csv: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/profitability.csv";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null; status?: string | null };
    body: undefined;
    answer: Blob;
  };
  profitability_parquet: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/profitability.parquet";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null; status?: string | null };
    body: undefined;
    answer: Blob;
  };
  profitability_xlsx: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/profitability.xlsx";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null; status?: string | null };
    body: undefined;
    answer: Blob;
  };
  restore_dataset: {
    method: "POST";
    address: "/api/v1/datasets/{shop}/restore";
    path: { shop: string };
    query: {  };
    body: undefined;
    answer: Moved;
  };
  revenue_contribution: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/revenue-contribution";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null; abc_class?: string | null; xyz_class?: string | null };
    body: undefined;
    answer: RevenueContributionList;
  };
  revenue_contribution_csv: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/revenue-contribution.csv";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null; abc_class?: string | null; xyz_class?: string | null };
    body: undefined;
    answer: Blob;
  };
  revenue_contribution_parquet: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/revenue-contribution.parquet";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null; abc_class?: string | null; xyz_class?: string | null };
    body: undefined;
    answer: Blob;
  };
  revenue_contribution_xlsx: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/revenue-contribution.xlsx";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; period?: string | null; category?: string | null; abc_class?: string | null; xyz_class?: string | null };
    body: undefined;
    answer: Blob;
  };
  seasonality: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/seasonality";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; min_score?: number | null; entity_type?: "store" | "category" | "product" | null; category?: string | null; verdict?: string | null; entity?: string | null };
    body: undefined;
    answer: SeasonalityList;
  };
  seasonality_csv: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/seasonality.csv";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; min_score?: number | null; entity_type?: "store" | "category" | "product" | null; category?: string | null; verdict?: string | null; entity?: string | null };
    body: undefined;
    answer: Blob;
  };
  seasonality_parquet: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/seasonality.parquet";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; min_score?: number | null; entity_type?: "store" | "category" | "product" | null; category?: string | null; verdict?: string | null; entity?: string | null };
    body: undefined;
    answer: Blob;
  };
  seasonality_xlsx: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/seasonality.xlsx";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; min_score?: number | null; entity_type?: "store" | "category" | "product" | null; category?: string | null; verdict?: string | null; entity?: string | null };
    body: undefined;
    answer: Blob;
  };
  trends: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/trends";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; months?: number | null; metric?: "revenue" | "quantity" | "profit" | null; entity_type?: "store" | "category" | "product" | null; category?: string | null; entity?: string | null };
    body: undefined;
    answer: TrendsList;
  };
  trends_csv: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/trends.csv";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; months?: number | null; metric?: "revenue" | "quantity" | "profit" | null; entity_type?: "store" | "category" | "product" | null; category?: string | null; entity?: string | null };
    body: undefined;
    answer: Blob;
  };
  trends_parquet: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/trends.parquet";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; months?: number | null; metric?: "revenue" | "quantity" | "profit" | null; entity_type?: "store" | "category" | "product" | null; category?: string | null; entity?: string | null };
    body: undefined;
    answer: Blob;
  };
  trends_xlsx: {
    method: "GET";
    address: "/api/v1/datasets/{shop}/trends.xlsx";
    path: { shop: string };
    query: { limit?: number; offset?: number; sort?: string | null; search?: string | null; months?: number | null; metric?: "revenue" | "quantity" | "profit" | null; entity_type?: "store" | "category" | "product" | null; category?: string | null; entity?: string | null };
    body: undefined;
    answer: Blob;
  };
  events: {
    method: "GET";
    address: "/api/v1/events";
    path: {  };
    query: {  };
    body: undefined;
    answer: Blob;
  };
  health: {
    method: "GET";
    address: "/api/v1/health";
    path: {  };
    query: {  };
    body: undefined;
    answer: HealthAnswer;
  };
  inspect_files: {
    method: "POST";
    address: "/api/v1/inspect";
    path: {  };
    query: { shop?: string | null };
    body: FormData;
    answer: Looked;
  };
  list_rules: {
    method: "GET";
    address: "/api/v1/rules";
    path: {  };
    query: {  };
    body: undefined;
    answer: RulesAnswer;
  };
  keep_rule: {
    method: "PUT";
    address: "/api/v1/rules";
    path: {  };
    query: {  };
    body: RuleQuestion;
    answer: KeptAnswer;
  };
  try_rule: {
    method: "POST";
    address: "/api/v1/rules/try";
    path: {  };
    query: {  };
    body: RuleQuestion;
    answer: TrialAnswer;
  };
  list_runs: {
    method: "GET";
    address: "/api/v1/runs";
    path: {  };
    query: {  };
    body: undefined;
    answer: RunsAnswer;
  };
  recompute: {
    method: "POST";
    address: "/api/v1/runs";
    path: {  };
    query: {  };
    body: RunQuestion;
    answer: Asked;
  };
  cancel_run: {
    method: "DELETE";
    address: "/api/v1/runs/{job_id}";
    path: { job_id: string };
    query: {  };
    body: undefined;
    answer: RunAnswer;
  };
  get_run: {
    method: "GET";
    address: "/api/v1/runs/{job_id}";
    path: { job_id: string };
    query: {  };
    body: undefined;
    answer: RunAnswer;
  };
  add_sample_shop: {
    method: "POST";
    address: "/api/v1/sample-shop";
    path: {  };
    query: {  };
    body: undefined;
    answer: Moved;
  };
  get_token: {
    method: "GET";
    address: "/api/v1/token";
    path: {  };
    query: {  };
    body: undefined;
    answer: TokenAnswer;
  };
}
