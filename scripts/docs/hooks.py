"""What the site has beside the pages in docs: the pages at the project's root, and the way to each of them."""

import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
# Pages at the project's root, and what they are called in the site.
PAGES = {
    "README.md": "project/tollgate.md",
    "ARCHITECTURE.md": "project/architecture.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changelog.md",
}
# Files at the root that stand in a page.
STANDS_IN = PAGES | {"tollgate.example.toml": "reference/configuration.md"}
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")


def on_config(config):
    """Has the navigation name every page of a folder, by the list in its README."""
    docs = Path(config["docs_dir"])
    config["nav"] = [spread(entry, docs) for entry in config["nav"]]
    return config


def spread(entry, docs):
    (title, what), = entry.items()
    if isinstance(what, list):
        spreaded = []
        for inner in what:
            spreaded.extend(pages(inner, docs) if isinstance(inner, str) else [inner])
        return {title: spreaded}
    return {title: pages(what, docs) if (docs / what).is_dir() else what}


def pages(folder, docs):
    """The pages of a folder in the order in which its README lists them; those that it forgets are last."""
    readme = docs / folder / "README.md"
    listed = re.findall(r"\]\(([\w.-]+\.md)\)", readme.read_text()) if readme.exists() else []
    there = sorted(path.name for path in (docs / folder).glob("*.md") if path.name != "README.md")
    order = [name for name in dict.fromkeys(listed) if name in there] + [name for name in there if name not in listed]
    first = [f"{folder}/README.md"] if readme.exists() else []
    return first + [f"{folder}/{name}" for name in order]


def on_files(files, config):
    for name, page in PAGES.items():
        files.append(File.generated(config, page, content=from_root((ROOT / name).read_text())))
    return files


def from_root(text):
    """The text of a page at the root, with links as from the folder `project`. What is no page of the site is no link there."""

    def lead(link):
        target, heading = link[1], link[2] or ""
        if "://" in target or target.startswith("mailto:"):
            return link[0]
        if target in STANDS_IN:
            return f"](../{STANDS_IN[target]}{heading})"
        if target.startswith("docs/"):
            return f"](../{target.removeprefix('docs/')}{heading})"
        return f"](https://{FOREIGN})"

    text = re.sub(r'(src|href)="docs/', r'\1="../', text)
    text = LINK.sub(lead, text)
    return re.sub(r"\[([^\]]*)\]\(https://" + re.escape(FOREIGN) + r"\)", r"\1", text)


FOREIGN = "not.a.page"


def on_page_markdown(markdown, page, **_):
    """Links of pages in docs to files at the root."""
    up = "../" * page.file.src_uri.count("/")

    def lead(link):
        name = link[1].removeprefix(up + "../")
        if link[1].startswith(up + "../") and name in STANDS_IN:
            return f"]({up}{STANDS_IN[name]}{link[2] or ''})"
        return link[0]

    return markdown if page.file.src_uri.startswith("project/") else LINK.sub(lead, markdown)
