"""Values of FHIR search parameters, read and printed again (README, "Grammar")."""

import re

import intervals
import tokens

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}\Z")
_TYPED = re.compile(r"(?:https?://[!-{}~]+/)?([A-Za-z]+)/([A-Za-z0-9.-]{1,64})\Z")

# The resource types of R4.
_TYPES = set("""
Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary
BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit
FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List
Location Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge
MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization
MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction
MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical
MedicinalProductUndesirableEffect MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder
Observation ObservationDefinition OperationDefinition OperationOutcome Organization OrganizationAffiliation
Parameters Patient PaymentNotice PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole Procedure
Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition
ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule
SearchParameter ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription
Substance SubstanceAmount SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport
TestScript ValueSet VerificationResult VisionPrescription
""".split())


class BadValue(Exception):
    pass


def date(text):
    return _each(text, lambda one: one if intervals.value(one) else None)


def token(text):
    return _each(text, _one_token)


def reference(text):
    return _each(text, _one_reference)


def _each(text, convert):
    """The alternatives of a value, printed again; None where it is empty."""
    found = [convert(one) for one in tokens.divided(text) if one]
    if None in found:
        raise BadValue
    return ",".join(found) or None


def _one_token(text):
    parts = tokens.parts(text)
    if parts is None or len(parts) > 2 or not any(parts):
        return None
    return "|".join(re.sub(r"([,|$\\])", r"\\\1", part) for part in parts)


def _one_reference(text):
    if _ID.match(text):
        return "Patient/" + text
    typed = _TYPED.match(text)
    if typed and typed[1] in _TYPES or re.match(r"urn:(uuid|oid):[!-{}~]+\Z", text):
        return text
    return None
