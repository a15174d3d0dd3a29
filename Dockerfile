# Two stages: the first has what it takes to install, the second only what it takes to run.

FROM python:3.13.11-slim-bookworm AS builder

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1

WORKDIR /build

# The environment never holds pip: the builder's own pip installs into it from outside.
RUN python -m venv --without-pip /opt/venv

# First the lock alone: this layer changes only when a dependency does.
COPY requirements.txt ./
RUN pip --python /opt/venv/bin/python install --require-hashes --no-deps --requirement requirements.txt

COPY pyproject.toml ./
COPY opioids/ opioids/
COPY fhir_mappings/ fhir_mappings/
COPY hooks/ hooks/
COPY cds_service/ cds_service/
# As a wheel, so that the image runs what is packaged; setuptools, which the lock brought, builds it and leaves.
RUN pip --python /opt/venv/bin/python wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && pip --python /opt/venv/bin/python install --no-deps --no-index dist/*.whl \
    && pip --python /opt/venv/bin/python uninstall --yes setuptools


FROM python:3.13.11-slim-bookworm

# Nothing in the running image can install anything.
RUN python -m pip uninstall --yes pip \
    && rm -rf /usr/local/lib/python3.13/ensurepip

# A number, not a name: Kubernetes can then see that it is not root.
RUN install --directory --owner=10001 --group=10001 --mode=0750 /var/lib/opioid-cds

COPY --from=builder /opt/venv /opt/venv
# The conversations that the page for people offers (not served in production mode, unless asked for).
COPY fixtures/conversations/ /usr/share/opioid-cds/conversations/

# Every setting can be given as OPIOID_CDS_…; a hospital sets OPIOID_CDS_MODE=production and what that asks for.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OPIOID_CDS_DATABASE__URL=sqlite:////var/lib/opioid-cds/opioid-cds.sqlite3 \
    OPIOID_CDS_PAGES__CONVERSATIONS=/usr/share/opioid-cds/conversations

USER 10001:10001
WORKDIR /var/lib/opioid-cds
VOLUME /var/lib/opioid-cds
EXPOSE 8080
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]

# Granian, the production server, with the workers and threads that the settings say.
CMD ["opioid-cds", "serve", "--host", "0.0.0.0", "--port", "8080"]
