"""Files in and out: CSV and FHIR."""
