"""How well win probabilities tell deals that they have not seen: `hatir bench winning FOLDER` with the maven files.

The folder holds `maven_crm_sales_pipeline.csv` and `maven_crm_accounts.csv` (the public CRM set of Maven Analytics).
Learnt is from the deals closed before the last quarter, judged on those closed in it, beside always saying the base
rate. Features are those known when a deal begins; amounts and closing days are left out.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from datetime import date
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
django.setup()

from hatir.domains.sales.queries.winning import History  # noqa: E402
from hatir.kit.learning import Row, back_test  # noqa: E402
from hatir.kit.text_tr import fold  # noqa: E402

LAST_QUARTER = date(2017, 10, 1)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a file whole."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date:
    """Read month/day/year."""
    month, of_month, year = (int(part) for part in text.split("/"))
    return date(year, month, of_month)


def main() -> int:
    """Print AUC, Brier and calibration."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
    if not (folder / "maven_crm_sales_pipeline.csv").exists():
        print(f"no maven_crm_sales_pipeline.csv in {folder.resolve()}; give its folder")
        return 2
    accounts = {row["account"]: row for row in rows_of(folder / "maven_crm_accounts.csv")}
    found = [row for row in rows_of(folder / "maven_crm_sales_pipeline.csv") if row["deal_stage"] in ("Won", "Lost")]
    decided = sorted(found, key=lambda row: day(row["close_date"]))
    names = {name: at for at, name in enumerate(sorted(accounts), 1)}
    history = History(
        [(names.get(row["account"]), fold(row["deal_stage"]), day(row["close_date"])) for row in decided]
    )  # fmt: skip
    cases = [case(row, accounts, names, history) for row in decided]
    won = [row["deal_stage"] == "Won" for row in decided]
    cut = sum(day(row["close_date"]) < LAST_QUARTER for row in decided)
    start = time.perf_counter()
    report = back_test(cases, won, cut=cut)
    took = time.perf_counter() - start
    print(f"learnt from {report.trained_on}, judged on {report.tested_on} deals of the last quarter, {took:.1f} s")
    print(f"AUC    {report.auc:.3f}   (0.5 is chance)")
    print(f"Brier  {report.brier:.4f}  base rate of {report.base_rate:.3f} alone: {report.base_brier:.4f}")
    print("predicted  came true  deals")
    for row in report.calibration:
        print(f"   {row.predicted:.3f}      {row.happened:.3f}    {row.count}")
    print("says more than the base rate" if report.is_useful else "says hardly more than the base rate")
    return 0


def case(row: dict[str, str], accounts: dict[str, dict[str, str]], names: dict[str, int], history: History) -> Row:
    """Give what was known when a deal began."""
    account, began = accounts.get(row["account"], {}), day(row["engage_date"])
    customer = names.get(row["account"])
    return {
        "owner": row["sales_agent"],
        "product": row["product"].replace("GTXPro", "GTX Pro"),
        "industry": account.get("sector") or None,
        "country": account.get("office_location") or None,
        "employees": float(account["employees"]) if account else None,
        "quarter": f"Q{(began.month + 2) // 3}",
        "won_before": history.share(customer, began),
    }


if __name__ == "__main__":
    raise SystemExit(main())
