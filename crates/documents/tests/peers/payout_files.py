"""Looks at files for banks with the schema that another library brings: a folder's *.xml as pain.001.001.09.

Prints one JSON object: for each file what is wrong, and what a reader finds in it.
"""

import json
import pathlib
import sys

import sepaxml
from lxml import etree

SCHEMA = pathlib.Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
NAMESPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


def texts(root, path):
    steps = "/".join(f"{NAMESPACE}{step}" for step in path.split("/"))
    return [found.text for found in root.iterfind(f"./{NAMESPACE}CstmrCdtTrfInitn/{steps}")]


def found(root):
    transfer = "PmtInf/CdtTrfTxInf"
    amounts = root.iter(f"{NAMESPACE}InstdAmt")
    return {
        "message": texts(root, "GrpHdr/MsgId"),
        "made_at": texts(root, "GrpHdr/CreDtTm"),
        "counts": texts(root, "GrpHdr/NbOfTxs") + texts(root, "PmtInf/NbOfTxs"),
        "sums": texts(root, "GrpHdr/CtrlSum") + texts(root, "PmtInf/CtrlSum"),
        "date": texts(root, "PmtInf/ReqdExctnDt/Dt"),
        "payer": texts(root, "PmtInf/Dbtr/Nm"),
        "from": texts(root, "PmtInf/DbtrAcct/Id/IBAN"),
        "bank": texts(root, "PmtInf/DbtrAgt/FinInstnId/BICFI"),
        "references": texts(root, f"{transfer}/PmtId/EndToEndId"),
        "amounts": [(amount.get("Ccy"), amount.text) for amount in amounts],
        "names": texts(root, f"{transfer}/Cdtr/Nm"),
        "to": texts(root, f"{transfer}/CdtrAcct/Id/IBAN"),
        "banks": texts(root, f"{transfer}/CdtrAgt/FinInstnId/BICFI"),
        "for": texts(root, f"{transfer}/RmtInf/Ustrd"),
    }


def main(folder):
    schema, answer = etree.XMLSchema(etree.parse(SCHEMA)), {}
    for path in sorted(pathlib.Path(folder).glob("*.xml")):
        document = etree.parse(path)
        schema.validate(document)
        wrong = [str(error) for error in schema.error_log]
        answer[path.name] = {"wrong": wrong, **found(document.getroot())}
    print(json.dumps(answer))


main(sys.argv[1])
