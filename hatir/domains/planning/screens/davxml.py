"""The XML of CalDAV: properties, and the answers that hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.etree import ElementTree as ET

from django.http import HttpResponse

DAV, CAL, CS, APPLE = (
    "DAV:",
    "urn:ietf:params:xml:ns:caldav",
    "http://calendarserver.org/ns/",
    "http://apple.com/ns/ical/",
)
for prefix, space in (("d", DAV), ("c", CAL), ("cs", CS), ("a", APPLE)):
    ET.register_namespace(prefix, space)
Props = dict[str, Callable[[ET.Element], None]]


def text(value: str) -> Callable[[ET.Element], None]:
    def fill(node: ET.Element) -> None:
        node.text = value

    return fill


def children(*tags: str) -> Callable[[ET.Element], None]:
    def fill(node: ET.Element) -> None:
        for tag in tags:
            ET.SubElement(node, tag)

    return fill


def href_in(url: str) -> Callable[[ET.Element], None]:
    def fill(node: ET.Element) -> None:
        ET.SubElement(node, f"{{{DAV}}}href").text = url

    return fill


def multistatus(found: Iterable[tuple[str, Props]], asked: list[str]) -> HttpResponse:
    root = ET.Element(f"{{{DAV}}}multistatus")
    for href, props in found:
        response(root, href, props, asked)
    return xml(root)


def response(
    root: ET.Element, href: str, props: Props, asked: list[str], *, status: str = "HTTP/1.1 404 Not Found"
) -> None:
    node = ET.SubElement(root, f"{{{DAV}}}response")
    ET.SubElement(node, f"{{{DAV}}}href").text = href
    names = asked or list(props)
    known, unknown = [name for name in names if name in props], [name for name in names if name not in props]
    for group, told in ((known, "HTTP/1.1 200 OK"), (unknown, status)):
        if not group:
            continue
        stat = ET.SubElement(node, f"{{{DAV}}}propstat")
        holder = ET.SubElement(stat, f"{{{DAV}}}prop")
        for name in group:
            made = ET.SubElement(holder, name)
            if name in props:
                props[name](made)
        ET.SubElement(stat, f"{{{DAV}}}status").text = told


def xml(root: ET.Element) -> HttpResponse:
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, status=207, content_type="application/xml; charset=utf-8")
