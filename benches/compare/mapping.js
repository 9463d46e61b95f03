// What a Node program does: JSON.parse, a mapping by hand, JSON.stringify. The same facts as our R4 output, without a report of what is lost.
"use strict";
const { readFileSync } = require("node:fs");
const { timed } = require("./timed.js");

const DCM = "http://dicom.nema.org/resources/ontology/DCM";
const SCHEMES = { DCM, LN: "http://loinc.org", SCT: "http://snomed.info/sct" };
const V2 = "http://terminology.hl7.org/CodeSystem/v2-0203";
const PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const SITES = { ABDOMEN: ["818981001", "Abdomen"], CHEST: ["816094009", "Chest"], HEAD: ["69536005", "Head"] };
const AVAILABILITY = new Set(["ONLINE", "NEARLINE"]);

const all = (set, tag) => set[tag]?.Value ?? [];
const one = (set, tag) => set[tag]?.Value?.[0];
const name = (set, tag) => one(set, tag)?.Alphabetic;
const typed = (code, value, issuer) => ({
  type: { coding: [{ system: V2, code }] }, value, ...(issuer && { assigner: { display: issuer } }),
});

function started(set, date, time) {
  const day = one(set, date);
  if (!day) return undefined;
  const on = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`;
  const at = one(set, time), zone = one(set, "00080201");
  if (!at || !zone) return on;
  return `${on}T${at.slice(0, 2)}:${at.slice(2, 4)}:${at.slice(4)}${zone.slice(0, 3)}:${zone.slice(3)}`;
}

function coding(code) {
  const display = one(code, "00080104");
  return { system: SCHEMES[one(code, "00080102")], code: one(code, "00080100"), ...(display && { display }) };
}

function request(row) {
  return { type: "ServiceRequest", identifier: { value: one(row, "00401001") }, display: one(row, "00400007") };
}

function bodySite(row) {
  const [code, display] = SITES[one(row, "00180015")] ?? [];
  return code && { system: "http://snomed.info/sct", code, display };
}

function performers(row) {
  const as = (code, actor) => ({ function: { coding: [{ system: PARTICIPATION, code }] }, actor });
  const person = (code, tag) => (name(row, tag) ? [as(code, { type: "Practitioner", display: name(row, tag) })] : []);
  const made = [...person("PRF", "00081050"), ...person("SPRF", "00081070")];
  const serial = one(row, "00181000");
  if (serial) made.push(as("DEV", { type: "Device", identifier: typed("SNO", serial), display: `${one(row, "00080070")} ${one(row, "00081090")}` }));
  return made.length ? made : undefined;
}

function study(row) {
  const uid = one(row, "0020000D"), accession = one(row, "00080050"), issuer = all(row, "00080051")[0];
  const place = one(row, "00081040") ?? one(row, "00080080");
  return {
    resourceType: "ImagingStudy",
    id: uid,
    identifier: [
      { system: "urn:dicom:uid", value: `urn:oid:${uid}` },
      ...(accession ? [typed("ACSN", accession, issuer && one(issuer, "00400031"))] : []),
    ],
    status: AVAILABILITY.has(one(row, "00080056")) || !one(row, "00080056") ? "available" : "unknown",
    modality: all(row, "00080061").filter((code) => code !== "SR").map((code) => ({ system: DCM, code })),
    subject: { type: "Patient", identifier: typed("MR", one(row, "00100020"), one(row, "00100021")), display: name(row, "00100010") },
    started: started(row, "00080020", "00080030"),
    basedOn: row["00400275"] && all(row, "00400275").map(request),
    referrer: name(row, "00080090") && { type: "Practitioner", display: name(row, "00080090") },
    numberOfSeries: one(row, "00201206"),
    numberOfInstances: one(row, "00201208"),
    procedureCode: row["00081032"] && all(row, "00081032").map((code) => ({ coding: [coding(code)] })),
    location: place && { type: "Location", display: place },
    description: one(row, "00081030"),
  };
}

function series(row) {
  return {
    uid: one(row, "0020000E"),
    number: one(row, "00200011"),
    modality: { system: DCM, code: one(row, "00080060") },
    description: one(row, "0008103E"),
    bodySite: bodySite(row),
    started: started(row, "00080021", "00080031"),
    performer: performers(row),
    instance: [],
  };
}

function instance(row) {
  const sopClass = one(row, "00080016");
  return {
    uid: one(row, "00080018"),
    sopClass: { system: "urn:ietf:rfc:3986", code: `urn:oid:${sopClass}` },
    number: one(row, "00200013"),
  };
}

function toBundle(text) {
  const studies = new Map();
  for (const row of JSON.parse(text)) {
    const uid = one(row, "0020000D");
    let found = studies.get(uid);
    if (!found) studies.set(uid, (found = { study: study(row), series: new Map() }));
    const ofSeries = one(row, "0020000E");
    if (!ofSeries) continue;
    let its = found.series.get(ofSeries);
    if (!its) {
      found.series.set(ofSeries, (its = series(row)));
      if (!found.study.modality.some(({ code }) => code === its.modality.code)) found.study.modality.push(its.modality);
    }
    if (one(row, "00080018")) its.instance.push(instance(row));
  }
  const entry = [...studies.values()].map(({ study, series }) => {
    if (series.size) study.series = [...series.values()];
    return { fullUrl: `urn:oid:${study.id}`, resource: study, search: { mode: "match" } };
  });
  return JSON.stringify({ resourceType: "Bundle", type: "searchset", total: entry.length, entry });
}

timed((text) => toBundle(text), readFileSync(process.argv[2], "utf8"));
