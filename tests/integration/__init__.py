"""The service in front of a real FHIR server: `make integration`. No part of `make test`."""
