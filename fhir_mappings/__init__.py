"""FHIR in, domain out; and, for suggestions, domain out to FHIR. The only floor that knows FHIR."""
