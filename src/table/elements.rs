//! Names of FHIR: the elements that are written, in their order, and every name that a place can show.
//!
//! A place never shows a name that the input made up, so that it shows nothing of a patient: what is not listed here is shown by its ordinal.

use super::Level;

/// Elements of ImagingStudy in FHIR's order, all releases together. `[]` after those that are lists.
const STUDY: &[&str] = &[
    "identifier[]",
    "status",
    "modality[]",
    "subject",
    "encounter",
    "started",
    "basedOn[]",
    "referrer",
    "interpreter[]",
    "endpoint[]",
    "numberOfSeries",
    "numberOfInstances",
    "procedureCode[]",
    "procedure[]",
    "location",
    "reasonCode[]",
    "reason[]",
    "description",
    "series[]",
];

/// Elements of a series.
const SERIES: &[&str] = &[
    "uid",
    "number",
    "modality",
    "description",
    "numberOfInstances",
    "endpoint[]",
    "bodySite",
    "laterality",
    "specimen[]",
    "started",
    "performer[]",
    "instance[]",
];

/// Elements of an instance.
const INSTANCE: &[&str] = &["uid", "sopClass", "number", "title"];

/// Elements of a Patient.
const PATIENT: &[&str] = &["Patient.identifier[]", "Patient.name[]", "Patient.gender", "Patient.birthDate"];

/// The elements of a level, in FHIR's order.
pub(crate) const fn elements(level: Level) -> &'static [&'static str] {
    match level {
        Level::Patient => PATIENT,
        Level::Study => STUDY,
        Level::Series => SERIES,
        Level::Instance => INSTANCE,
    }
}

/// Elements of the patient's level that stand in the study's own `subject`; they are numbered behind the others.
const SUBJECT: &[&str] = &["subject.identifier", "subject.display"];

/// The number of an element of `subject`.
pub(crate) const fn of_subject(n: usize) -> usize {
    PATIENT.len() + n
}

/// The number of an element in its level. One that is in no list is a compile error where rows are made.
pub(super) const fn number_of(level: Level, element: &str) -> u8 {
    let mut number = 0;
    let mut lists = [elements(level), if matches!(level, Level::Patient) { SUBJECT } else { &[] }];
    loop {
        match lists {
            [[first, rest @ ..], more] => {
                if same(first.as_bytes(), element.as_bytes()) {
                    return number;
                }
                number += 1;
                lists = [rest, more];
            }
            [[], more] => {
                assert!(!more.is_empty());
                lists = [more, &[]];
            }
        }
    }
}

const fn same(mut one: &[u8], mut two: &[u8]) -> bool {
    while let ([a, one_rest @ ..], [b, two_rest @ ..]) = (one, two) {
        if *a != *b {
            return false;
        }
        (one, two) = (one_rest, two_rest);
    }
    one.is_empty() && two.is_empty()
}

/// The name of an element, if it is one of FHIR's.
pub(crate) fn element(name: &str) -> Option<&'static str> {
    known(ELEMENTS, name)
}

/// The name of a type of resource, if it is one of FHIR's.
pub(crate) fn resource_type(name: &str) -> Option<&'static str> {
    known(TYPES, name)
}

fn known(list: &'static [&'static str], name: &str) -> Option<&'static str> {
    list.get(list.binary_search(&name).ok()?).copied()
}

/// Elements of ImagingStudy, of the resources around it and of their data types, R4 to R6. Sorted.
#[rustfmt::skip]
pub(super) const ELEMENTS: &[&str] = &[
    "accession", "accessionIdentifier", "account", "active", "actor", "actualPeriod", "additionalAddress", "additionalInfo",
    "additionalName", "additive", "additiveCodeableConcept", "additiveReference", "address", "addressContactPoint",
    "addressExtendedContactDetail", "addressString", "addressUrl", "admission", "admitSource", "alias", "allDay", "altitude", "appointment",
    "appointmentRequired", "asNeeded", "asNeededBoolean", "asNeededCodeableConcept", "asNeededFor", "assigner", "author", "authorReference",
    "authorString", "authoredOn", "availability", "availabilityExceptions", "availabilityStatus", "availabilityTime", "availableEndTime",
    "availableStartTime", "availableTime", "basedOn", "biologicalSourceEvent", "birthDate", "bodySite", "bodyStructure", "boundsDuration",
    "boundsPeriod", "boundsRange", "capacity", "careTeam", "carrierAIDC", "carrierHRF", "category", "channelType", "characteristic", "city",
    "class", "classHistory", "closingTime", "code", "codeMap", "coding", "collectedDateTime", "collectedPeriod", "collection", "collector",
    "combined", "communication", "comparator", "component", "concept", "condition", "conformsTo", "connectionType", "contact", "contained",
    "container", "contentType", "count", "countMax", "country", "coverageArea", "creation", "currency", "cycle", "data", "dayOfWeek",
    "daysOfWeek", "deceased", "deceasedBoolean", "deceasedDateTime", "definition", "denominator", "description", "destination", "device",
    "deviceIdentifier", "deviceName", "deviceVersion", "diagnosis", "dietPreference", "dimensions", "dischargeDisposition", "display",
    "displayName", "distinctIdentifier", "district", "div", "doNotPerform", "duration", "durationMax", "durationUnit", "during",
    "eligibility", "encounter", "end", "endpoint", "entry", "entryType", "environmentType", "episodeOfCare", "etag", "event",
    "expirationDate", "extension", "extraDetails", "factor", "family", "fastingStatusCodeableConcept", "fastingStatusDuration", "feature",
    "focus", "form", "frames", "frequency", "frequencyMax", "fullUrl", "function", "gateway", "gender", "generalPractitioner", "given",
    "hash", "header", "healthcareService", "height", "high", "highNumerator", "hospitalization", "hoursOfOperation", "id", "identifier",
    "ifMatch", "ifModifiedSince", "ifNoneExist", "ifNoneMatch", "implicitRules", "individual", "installDate", "instance",
    "instantiatesCanonical", "instantiatesUri", "instructionMarkdown", "instructionReference", "insurance", "intent", "interpreter",
    "interval", "intervalUnit", "issuer", "issues", "jurisdiction", "language", "lastModified", "lastUpdated", "laterality", "latitude",
    "length", "line", "link", "location", "locationCode", "locationReference", "longitude", "lotNumber", "low", "lowNumerator",
    "lowerLimit", "managingOrganization", "manufactureDate", "manufacturer", "maritalStatus", "maxParticipants", "meta", "method",
    "mimeType", "modality", "mode", "modelNumber", "modifierExtension", "multipleBirthBoolean", "multipleBirthInteger", "name",
    "notAvailable", "notAvailableTime", "note", "number", "numberOfFrames", "numberOfInstances", "numberOfSeries", "numerator",
    "occurrenceDateTime", "occurrencePeriod", "occurrenceTiming", "offeredIn", "offset", "offsets", "onBehalfOf", "openingTime",
    "operationalStatus", "orderDetail", "organization", "origin", "other", "outcome", "owner", "pages", "parameter", "parameterFocus",
    "parameterFocusCanonical", "parameterFocusCodeableConcept", "parameterFocusReference", "parent", "partNumber", "partOf", "participant",
    "patient", "patientInstruction", "payload", "payloadMimeType", "payloadType", "performer", "performerType", "period", "periodMax",
    "periodUnit", "photo", "physicalType", "plannedEndDate", "plannedStartDate", "position", "postalCode", "practitioner",
    "preAdmissionIdentifier", "preferred", "prefix", "priority", "procedure", "procedureCode", "procedureReference", "processing",
    "profile", "profileCanonical", "profileUri", "program", "property", "providedBy", "purpose", "qualification", "quantity",
    "quantityQuantity", "quantityRange", "quantityRatio", "rank", "reAdmission", "reason", "reasonCode", "reasonReference", "receivedTime",
    "reference", "referralMethod", "referrer", "relation", "relationship", "relevantHistory", "repeat", "replaces", "request", "requester",
    "requisition", "resource", "resourceType", "response", "role", "safety", "score", "search", "security", "serialNumber", "series",
    "serviceProvider", "serviceProvisionCode", "serviceType", "sessionKey", "sigFormat", "signature", "size", "sopClass", "source",
    "specialArrangement", "specialCourtesy", "specialization", "specialty", "specification", "specimen", "specimenQuantity", "start",
    "started", "state", "status", "statusHistory", "statusReason", "subject", "subjectStatus", "suffix", "supportingInfo", "system",
    "systemType", "tag", "targetFormat", "telecom", "text", "time", "timeDateTime", "timeOfDay", "timePeriod", "timestamp", "title",
    "total", "type", "udiCarrier", "uid", "unit", "upperLimit", "url", "use", "userSelected", "value", "valueAddress", "valueAge",
    "valueAnnotation", "valueAttachment", "valueAvailability", "valueBase64Binary", "valueBoolean", "valueCanonical", "valueCode",
    "valueCodeableConcept", "valueCodeableReference", "valueCoding", "valueContactDetail", "valueContactPoint", "valueCount",
    "valueDataRequirement", "valueDate", "valueDateTime", "valueDecimal", "valueDistance", "valueDosage", "valueDuration",
    "valueExpression", "valueExtendedContactDetail", "valueHumanName", "valueId", "valueIdentifier", "valueInstant", "valueInteger",
    "valueInteger64", "valueMarkdown", "valueMeta", "valueMoney", "valueOid", "valueParameterDefinition", "valuePeriod", "valuePositiveInt",
    "valueQuantity", "valueRange", "valueRatio", "valueRatioRange", "valueReference", "valueRelatedArtifact", "valueSampledData",
    "valueSignature", "valueString", "valueTime", "valueTiming", "valueTriggerDefinition", "valueUnsignedInt", "valueUri", "valueUrl",
    "valueUsageContext", "valueUuid", "version", "versionId", "virtualService", "when", "who", "width",
];

/// Types of resources, R4 to R6. Sorted.
#[rustfmt::skip]
const TYPES: &[&str] = &[
    "Account", "ActivityDefinition", "ActorDefinition", "AdministrableProductDefinition", "AdverseEvent", "AllergyIntolerance",
    "Appointment", "AppointmentResponse", "ArtifactAssessment", "AuditEvent", "Basic", "Binary", "BiologicallyDerivedProduct",
    "BiologicallyDerivedProductDispense", "BodyStructure", "Bundle", "CapabilityStatement", "CarePlan", "CareTeam", "CatalogEntry",
    "ChargeItem", "ChargeItemDefinition", "Citation", "Claim", "ClaimResponse", "ClinicalImpression", "ClinicalUseDefinition",
    "CodeSystem", "Communication", "CommunicationRequest", "CompartmentDefinition", "Composition", "ConceptMap", "Condition",
    "ConditionDefinition", "Consent", "Contract", "Coverage", "CoverageEligibilityRequest", "CoverageEligibilityResponse",
    "DetectedIssue", "Device", "DeviceAlert", "DeviceAssociation", "DeviceDefinition", "DeviceDispense", "DeviceMetric", "DeviceRequest",
    "DeviceUsage", "DeviceUseStatement", "DiagnosticReport", "DocumentManifest", "DocumentReference", "EffectEvidenceSynthesis",
    "Encounter", "EncounterHistory", "Endpoint", "EnrollmentRequest", "EnrollmentResponse", "EpisodeOfCare", "EventDefinition",
    "Evidence", "EvidenceReport", "EvidenceVariable", "ExampleScenario", "ExplanationOfBenefit", "FamilyMemberHistory", "Flag",
    "FormularyItem", "GenomicStudy", "Goal", "GraphDefinition", "Group", "GuidanceResponse", "HealthcareService", "ImagingSelection",
    "ImagingStudy", "Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation", "ImplementationGuide", "Ingredient",
    "InsurancePlan", "InsuranceProduct", "InventoryItem", "InventoryReport", "Invoice", "Library", "Linkage", "List", "Location",
    "ManufacturedItemDefinition", "Measure", "MeasureReport", "Media", "Medication", "MedicationAdministration", "MedicationDispense",
    "MedicationKnowledge", "MedicationRequest", "MedicationStatement", "MedicinalProduct",
    "MedicinalProductAuthorization", "MedicinalProductContraindication", "MedicinalProductDefinition", "MedicinalProductIndication",
    "MedicinalProductIngredient", "MedicinalProductInteraction", "MedicinalProductManufactured", "MedicinalProductPackaged",
    "MedicinalProductPharmaceutical", "MedicinalProductUndesirableEffect",
    "MessageDefinition", "MessageHeader", "MolecularDefinition", "MolecularSequence", "NamingSystem", "NutritionIntake", "NutritionOrder",
    "NutritionProduct", "Observation", "ObservationDefinition", "OperationDefinition", "OperationOutcome", "Organization",
    "OrganizationAffiliation", "PackagedProductDefinition", "Parameters", "Patient", "PaymentNotice", "PaymentReconciliation",
    "Permission", "Person", "PersonalRelationship", "PlanDefinition", "Practitioner", "PractitionerRole", "Procedure", "Provenance",
    "Questionnaire", "QuestionnaireResponse", "RegulatedAuthorization", "RelatedPerson", "RequestGroup", "RequestOrchestration",
    "Requirements", "ResearchDefinition", "ResearchElementDefinition", "ResearchStudy", "ResearchSubject", "RiskAssessment",
    "RiskEvidenceSynthesis", "Schedule", "SearchParameter", "ServiceRequest", "Slot", "Specimen", "SpecimenDefinition",
    "StructureDefinition", "StructureMap", "Subscription", "SubscriptionStatus", "SubscriptionTopic", "Substance", "SubstanceDefinition",
    "SubstanceNucleicAcid", "SubstancePolymer", "SubstanceProtein", "SubstanceReferenceInformation", "SubstanceSourceMaterial",
    "SubstanceSpecification", "SupplyDelivery", "SupplyRequest", "Task", "TerminologyCapabilities", "TestPlan", "TestReport",
    "TestScript", "Transport", "ValueSet", "VerificationResult", "VisionPrescription",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_and_complete() {
        assert!(ELEMENTS.is_sorted() && TYPES.is_sorted());
        for level in [Level::Patient, Level::Study, Level::Series, Level::Instance] {
            for name in elements(level).iter().flat_map(|name| name.trim_end_matches("[]").split('.')) {
                assert!(element(name).or(resource_type(name)).is_some(), "{name}");
            }
        }
    }
}
