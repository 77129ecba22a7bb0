"""Reads metrics as Prometheus does: prints the names of samples, those that break its conventions, and the values of the ones asked for."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

names, odd, values = set(), [], {}
for family in text_string_to_metric_families(sys.stdin.read()):
    if not family.documentation:
        odd.append(f"{family.name} does not say what it is")
    if not family.name.startswith(("tollgate_", "process_")):
        odd.append(f"{family.name} is nobody's")
    for unit in ("_ms", "_millis", "_minutes", "_kb", "_percent"):
        if family.name.endswith(unit):
            odd.append(f"{family.name} is in no base unit")
    for sample in family.samples:
        names.add(sample.name)
        labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
        values[f"{sample.name}{{{labels}}}"] = sample.value
print(json.dumps({"names": sorted(names), "odd": odd, "values": values}))
