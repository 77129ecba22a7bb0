# Tollgate in an image: docker build --tag tollgate .
# How it is run: docs/operating/container.md

FROM node:22-bookworm-slim AS web
WORKDIR /tollgate
COPY scripts scripts
COPY web web
RUN scripts/build-web.sh

FROM rust:1.94-bookworm AS program
WORKDIR /tollgate
COPY . .
COPY --from=web /tollgate/web/dist web/dist
RUN cargo build --release --locked --package tollgate

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --home-dir /var/lib/tollgate --create-home tollgate
COPY --from=program /tollgate/target/release/tollgate /usr/local/bin/tollgate
COPY packaging/tollgate-backup packaging/docker-health /usr/local/bin/
USER tollgate
WORKDIR /var/lib/tollgate
VOLUME /var/lib/tollgate
# Within the container: which of the machine's addresses leads here is the matter of --publish.
ENV TOLLGATE_LISTEN=0.0.0.0:3000
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["docker-health"]
ENTRYPOINT ["tollgate"]
CMD ["serve"]
