"""A cell of a workbook as the text a CSV export would hold."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from lucid_orchestration.ingest.outcomes import WorkbookNumber


def cell_text(cell: object) -> str:
    """The text of a cell, exact to the last digit."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{int(cell)}" if cell.is_integer() else WorkbookNumber(f"{Decimal(repr(cell)):f}")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def in_percent(number: float) -> str:
    """The text of a number that is shown in percent, without the sign."""
    hundredfold = Decimal(repr(number)) * 100
    # 0.07 × 100 and the like come out of a spreadsheet with digits nobody wrote
    return f"{hundredfold.quantize(Decimal('1e-10')).normalize():f}"
