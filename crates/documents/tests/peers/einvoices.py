"""Looks at electronic invoices with the libraries of others: a folder's *.xml as UBL 2.1, its *.pdf as Factur-X in a PDF/A-3.

Each is checked against its XML schema and the official Schematron of EN 16931. Prints one JSON object: for each file what is wrong, and
what a reader finds in it.
"""

import json
import pathlib
import sys

import facturx
import pypdf
from lxml import etree
from saxonche import PySaxonProcessor

RULES = pathlib.Path(facturx.__file__).parent / "xsd_and_schematron"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


class Rules:
    """The official Schematron, as its XSLT."""

    def __init__(self):
        self.processor = PySaxonProcessor(license=False)
        self.sheets = {}

    def broken(self, sheet, xml):
        if sheet not in self.sheets:
            compiler = self.processor.new_xslt30_processor()
            self.sheets[sheet] = compiler.compile_stylesheet(stylesheet_file=str(RULES / sheet))
        node = self.processor.parse_xml(xml_text=xml.decode())
        report = etree.fromstring(self.sheets[sheet].transform_to_string(xdm_node=node).encode())
        assert report.findall(f"{SVRL}fired-rule"), "no rule looked at the document"
        return [
            "".join(failed.itertext()).strip()
            for failed in report.iter(f"{SVRL}failed-assert")
            if failed.get("flag") != "warning"
        ]


def schema(xml, flavor):
    try:
        facturx.xml_check_xsd(xml, flavor=flavor)
        return []
    except Exception as error:
        return [str(error)]


def texts(root, path):
    return [found.text for found in root.iterfind(path)]


def ubl(rules, xml):
    root = etree.fromstring(xml)
    is_note = etree.QName(root).localname == "CreditNote"
    wrong = schema(xml, "ubl-2.1-creditnote" if is_note else "ubl-2.1-invoice")
    wrong += rules.broken("ubl-2.1/EN16931-UBL-validation.xslt", xml)
    total, line = f"{CAC}LegalMonetaryTotal/{CBC}", f"{CAC}{'CreditNote' if is_note else 'Invoice'}Line/{CBC}"
    subtotal = f"{CAC}TaxTotal/{CAC}TaxSubtotal"
    return wrong, {
        "type": texts(root, f"{CBC}CreditNoteTypeCode" if is_note else f"{CBC}InvoiceTypeCode"),
        "number": texts(root, f"{CBC}ID"),
        "corrects": texts(root, f"{CAC}BillingReference/{CAC}InvoiceDocumentReference/{CBC}ID"),
        "net": texts(root, f"{total}TaxExclusiveAmount"),
        "tax": texts(root, f"{CAC}TaxTotal/{CBC}TaxAmount"),
        "total": texts(root, f"{total}TaxInclusiveAmount"),
        "paid": texts(root, f"{total}PrepaidAmount"),
        "due": texts(root, f"{total}PayableAmount"),
        "lines": texts(root, f"{line}LineExtensionAmount"),
        "categories": texts(root, f"{subtotal}/{CAC}TaxCategory/{CBC}ID"),
        "rates": texts(root, f"{subtotal}/{CAC}TaxCategory/{CBC}Percent"),
        "reasons": texts(root, f"{subtotal}/{CAC}TaxCategory/{CBC}TaxExemptionReason"),
    }


def cii(xml):
    root = etree.fromstring(xml)
    sums, tax = f".//{RAM}SpecifiedTradeSettlementHeaderMonetarySummation/{RAM}", f".//{RAM}ApplicableHeaderTradeSettlement/{RAM}ApplicableTradeTax/{RAM}"
    document = f"{{*}}ExchangedDocument/{RAM}"
    return {
        "type": texts(root, f"{document}TypeCode"),
        "number": texts(root, f"{document}ID"),
        "corrects": texts(root, f".//{RAM}InvoiceReferencedDocument/{RAM}IssuerAssignedID"),
        "net": texts(root, f"{sums}TaxBasisTotalAmount"),
        "tax": texts(root, f"{sums}TaxTotalAmount"),
        "total": texts(root, f"{sums}GrandTotalAmount"),
        "paid": texts(root, f"{sums}TotalPrepaidAmount"),
        "due": texts(root, f"{sums}DuePayableAmount"),
        "lines": texts(root, f".//{RAM}SpecifiedTradeSettlementLineMonetarySummation/{RAM}LineTotalAmount"),
        "categories": texts(root, f"{tax}CategoryCode"),
        "rates": texts(root, f"{tax}RateApplicablePercent"),
        "reasons": texts(root, f"{tax}ExemptionReason"),
    }


def archive(path):
    """What keeps a file from being the PDF/A-3 that Factur-X wants, as far as a reader of PDF can tell."""
    reader = pypdf.PdfReader(path)
    root, wrong = reader.trailer["/Root"], []
    packet = etree.fromstring(root["/Metadata"].get_object().get_data())
    facts = {}
    for found in packet.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"):
        facts |= {etree.QName(name).localname: value for name, value in found.attrib.items()}
        facts |= {etree.QName(child).localname: (child.text or "").strip() for child in found}
    for name, value in {"part": "3", "conformance": "B", "ConformanceLevel": "EN 16931", "DocumentFileName": "factur-x.xml"}.items():
        if facts.get(name) != value:
            wrong.append(f"XMP: {name} is {facts.get(name)}")
    files = [entry.get_object() for entry in root["/AF"]]
    if [(entry["/UF"], entry["/AFRelationship"]) for entry in files] != [("factur-x.xml", "/Alternative")]:
        wrong.append(f"associated files: {files}")
    if "/OutputIntents" not in root:
        wrong.append("no output intent")
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            of = font.get_object()
            of = of["/DescendantFonts"][0].get_object() if "/DescendantFonts" in of else of
            if not any(name in of["/FontDescriptor"] for name in ("/FontFile", "/FontFile2", "/FontFile3")):
                wrong.append(f"the font {of['/BaseFont']} is not in the file")
    return wrong


def hybrid(rules, path):
    name, xml = facturx.get_xml_from_pdf(path.read_bytes(), check_xsd=True)
    if not name:
        return ["no electronic invoice is in it"], {}
    return archive(path) + rules.broken("facturx-en16931/FACTUR-X_EN16931.xslt", xml), cii(xml)


def main(folder):
    rules, answer = Rules(), {}
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.suffix == ".xml":
            wrong, found = ubl(rules, path.read_bytes())
        elif path.suffix == ".pdf":
            wrong, found = hybrid(rules, path)
        else:
            continue
        answer[path.name] = {"wrong": wrong, **found}
    print(json.dumps(answer))


main(sys.argv[1])
