"""Op `retrieve`: what of the studies in a FHIR text is to be asked for, and where (README, "What to get")."""

import json

import urls
from losses import Refused, Skip
from values import is_uid

_ENDPOINT_TYPE = "dicom-wado-rs"


def answer(text):
    found = {"gets": [], "refused": []}
    resources = _resources(text)
    valid = {_study_uid(one) for one in _holding(resources)}
    for resource in resources:
        if resource.get("resourceType") == "ImagingStudy":
            _study(resource, None, _Known(False), found, valid)
        elif resource.get("resourceType") == "Bundle":
            known = _Known(resource.get("type") == "history")
            wrapped = _is_wrapped(resource)
            for one in _list(resource.get("contained")):
                known.add("#" + str(one.get("id")), one, None)
            for entry in _list(resource.get("entry")):
                inner = entry.get("resource", {})
                url, _, version = (entry.get("fullUrl") or "").partition("/_history/")
                version = version or inner.get("meta", {}).get("versionId")
                known.add(url or None, inner, version)
                known.add((f"{inner.get('resourceType')}/{inner.get('id')}", _server(url)), inner, version)
            former = _former(resource) if known.is_history else []
            for entry in _list(resource.get("entry")):
                if any(entry is one for one in former):
                    continue
                if entry.get("resource", {}).get("resourceType") == "ImagingStudy":
                    if wrapped or _is_wrapped(entry):
                        found["refused"].append({"at": "study", "why": "modifier"})
                    else:
                        _study(entry["resource"], entry.get("fullUrl"), known, found, valid)
        elif len(resources) > 1:
            raise Skip("studies beside other resources outside a Bundle")
    return found


def _holding(resources):
    """The studies that are not taken back, nor may mean something else, nor hold no longer."""
    for resource in resources:
        entries = _list(resource.get("entry")) if resource.get("resourceType") == "Bundle" and not _is_wrapped(resource) else []
        former = _former(resource) if resource.get("type") == "history" else []
        inner = [one.get("resource", {}) for one in entries if not _is_wrapped(one) and not any(one is other for other in former)]
        for study in [resource, *inner]:
            if study.get("resourceType") == "ImagingStudy" and not _is_modified(study) and not _is_withdrawn(study):
                yield study


def _is_withdrawn(study):
    status = study.get("status")
    said = status if isinstance(status, list) else [status]
    return any(isinstance(one, str) and one.strip() in ("entered-in-error", "cancelled", "inactive") for one in said)


def _resources(text):
    """The resources of a text, one after the other."""
    decoder = json.JSONDecoder()
    found, text = [], text.strip()
    while text:
        try:
            value, end = decoder.raw_decode(text)
        except ValueError:
            raise Refused("json-syntax") from None
        found += value if isinstance(value, list) else [value]
        text = text[end:].strip()
    if not all(isinstance(one, dict) for one in found):
        raise Skip("what is no resource")
    return found


def _list(value):
    """The objects of an element, given as a list or alone."""
    value = value if isinstance(value, list) else [value]
    return [one for one in value if isinstance(one, dict)]


def _server(full_url):
    """The server that the URL of an entry names, or None."""
    return full_url.rsplit("/", 2)[0] + "/" if full_url and full_url.startswith("http") else None


def _is_modified(value):
    """Whether a resource has what may change its meaning."""
    if isinstance(value, list):
        return any(_is_modified(one) for one in value)
    return isinstance(value, dict) and any(
        name in ("modifierExtension", "implicitRules") or name != "contained" and _is_modified(one) for name, one in value.items())


def _is_wrapped(around):
    """Whether a Bundle or an entry has, besides its resources, what may change the meaning of these."""
    return _is_modified({name: value for name, value in around.items() if name not in ("entry", "resource")})


def _former(history):
    """The entries of studies of a history that there is a later version of, or that were deleted."""
    met, former = set(), []
    for entry in _list(history.get("entry")):
        inner, request = entry.get("resource", {}), entry.get("request", {})
        url = (entry.get("fullUrl") or "").partition("/_history/")[0]
        is_deleted = request.get("method") == "DELETE"
        names = {url} - {""}
        if inner.get("id"):
            names.add(f"{_server(url) or ''}{inner.get('resourceType')}/{inner['id']}")
        if is_deleted and not names:
            names.add(str(request.get("url")).partition("/_history/")[0])
        if is_deleted or names & met:
            former.append(entry)
        met |= names
    return former


class _Known:
    """The resources that references may mean, each with its version."""

    def __init__(self, is_history):
        self.is_history = is_history
        self.named = {}

    def add(self, name, resource, version):
        self.named.setdefault(name, []).append((version, resource))

    def within(self, study):
        """With what a study contains, which stands before what its Bundle does."""
        inner = _Known(self.is_history)
        for one in _list(study.get("contained")):
            inner.add("#" + str(one.get("id")), one, None)
        inner.named = {**self.named, **inner.named}
        return inner

    def find(self, server, literal):
        """By URL, or by type and id of the same server or of none; of several servers' none where its own is not known."""
        name, _, version = str(literal).partition("/_history/")
        if server and f"{server}{name}" in self.named:
            return self._version(self.named[f"{server}{name}"], version)
        if name in self.named:
            return self._version(self.named[name], version)
        if server:
            return self._version(self.named.get((name, server)) or self.named.get((name, None)) or [], version)
        alike = [one for key, one in self.named.items() if isinstance(key, tuple) and key[0] == name]
        return self._version(alike[0], version) if len(alike) == 1 else None

    def _version(self, found, version):
        """The version that is asked for; of what differs the last of a history, and none of anything else."""
        if version:
            found = [one for one in found if one[0] == version] or [one for one in found if one[0] is None]
        elif self.is_history:
            found = found[:1]
        resources = [resource for _, resource in found]
        return resources[0] if resources and all(one == resources[0] for one in resources) else None


def _uid(value):
    """A UID, with or without `urn:oid:`, or None."""
    bare = value.removeprefix("urn:oid:") if isinstance(value, str) else ""
    return bare if is_uid(bare) else None


def _study(study, full_url, known, found, valid):
    uid = _study_uid(study)
    if _is_withdrawn(study) and not _is_modified(study):
        if uid is None or uid not in valid:
            found["refused"].append({"at": "study", "why": "withdrawn"})
        return
    if uid is None:
        found["refused"].append({"at": "study", "why": "uid"})
        return
    known = known.within(study)
    server = _server(full_url)
    if _is_modified(study):
        found["refused"].append({"at": "study", "why": "modifier"})
        return
    base = _base(study, known, server, found, uid, None)
    path = f"/studies/{uid}"
    if base:
        found["gets"].append({"study": uid, "url": base + path})
    for series in _list(study.get("series")):
        _series(series, known, server, found, uid, base)


def _series(series, known, server, found, study_uid, base):
    uid = _uid(series.get("uid"))
    if uid is None:
        found["refused"].append({"at": "series", "why": "uid"})
        return
    base = _base(series, known, server, found, study_uid, uid) or base
    place, path = {"study": study_uid, "series": uid}, f"/studies/{study_uid}/series/{uid}"
    if base:
        found["gets"].append({**place, "url": base + path})
    for instance in _list(series.get("instance")):
        one = _uid(instance.get("uid"))
        if one is None:
            found["refused"].append({"at": "instance", "why": "uid"})
        elif base:
            found["gets"].append({**place, "instance": one, "url": f"{base}{path}/instances/{one}"})


def _study_uid(study):
    """The one UID among the identifiers; several different ones are none."""
    for system in ("urn:dicom:uid", "urn:ietf:rfc:3986"):
        found = {_uid(one.get("value")) for one in _list(study.get("identifier")) if one.get("system") == system
                 and one.get("use") not in ("old", "maiden") and (system == "urn:dicom:uid" or str(one.get("value")).startswith("urn:oid:"))}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _base(holder, known, server, found, study_uid, series_uid):
    """The base that the first usable Endpoint of a study or a series means; the others are refused."""
    base = None
    for reference in _list(holder.get("endpoint")):
        name = reference.get("reference")
        endpoint = known.find(server, name)
        if endpoint is None or endpoint.get("resourceType") != "Endpoint":
            why = "unresolved"
        elif not _is_wado_rs(endpoint.get("connectionType")):
            continue
        elif _is_modified(endpoint):
            why = "modifier"
        elif endpoint.get("status", "active") != "active":
            why = "not-active"
        else:
            address = str(endpoint.get("address", ""))
            read = urls.base_of(address, study_uid)
            if "base" in read and series_uid and urls.read(address).get("series", series_uid) != series_uid:
                read = {"error": "mismatch"}
            base, why = base or read.get("base"), read.get("error")
        if why:
            found["refused"].append({"at": "series" if series_uid else "study", "why": why})
    return base


def _is_wado_rs(connection):
    return any(coding.get("code") == _ENDPOINT_TYPE
               for one in _list(connection) for coding in _list(one.get("coding")) or [one])
