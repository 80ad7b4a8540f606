"""Import and export of many rows, seconds and peak memory: `python bench/transfer.py 100000`."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
HOME = Path(tempfile.mkdtemp(prefix="hatir-bench-"))
os.environ.setdefault("HATIR_HOME", str(HOME))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from hatir.foundation.files.actions import store_path
    from hatir.foundation.jobs.declaration import task_of
    from hatir.foundation.jobs.running import run_here
    from hatir.foundation.records.actor import system_actor
    from hatir.foundation.transfer import actions
    from hatir.foundation.transfer.exporting import ExportRequest, prepare, stream

    actor = system_actor("bench")
    path = HOME / "rows.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("Müşteri Kodu;Ad Soyad;Cep Tel;E-posta;Şehir;Etiketler\n")
        for n in range(count):
            phone = f"0532 {n // 10000 % 1000:03} {n // 100 % 100:02} {n % 100:02}"
            file.write(f"K{n:07};Ayşe Işık {n};{phone};kisi{n}@ornek.test;İzmir;{'VIP' if n % 3 else 'Bayi'}\n")
    print(f"{count} rows, {path.stat().st_size / 1e6:.1f} MB; start {peak_mb():.0f} MB")
    for told in ("import", "same file again"):
        run = actions.begin_import(store_path(path, name="rows.csv", actor=actor), "customers.person", actor=actor)
        began = time.perf_counter()
        run = actions.prepare_import(run.pk, actor=actor)
        job = run_here(task_of("transfer.import"), actor=actor.in_operation(run.operation), run_id=run.pk)
        seconds = time.perf_counter() - began
        print(
            f"{told}: {seconds:.1f} s, {count / seconds:.0f} rows/s, peak {peak_mb():.0f} MB, {job.state} {job.result}"
        )
    for format_name in ("csv", "jsonl", "xlsx"):
        began = time.perf_counter()
        export = prepare(ExportRequest("customers.person", format_name), actor=actor)
        size = sum(len(piece) for piece in stream(export))
        seconds = time.perf_counter() - began
        print(f"export {format_name}: {seconds:.1f} s, {size / 1e6:.1f} MB, peak {peak_mb():.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
