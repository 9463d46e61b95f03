// npm dicomjson-to-fhir on every row. It makes a study of each row: assembling them is left to its user.
"use strict";
const { readFileSync } = require("node:fs");
const { timed } = require("./timed.js");
const { DicomJsonToFhir } = require("dicomjson-to-fhir");

const toFhir = (row) => new DicomJsonToFhir(row, "https://pacs.example.org/dicom-web", "pacs").getFhirJson();
timed((text) => JSON.stringify(JSON.parse(text).map(toFhir)), readFileSync(process.argv[2], "utf8"));
