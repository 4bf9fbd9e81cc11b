# Two images: `bot` has no browser, `worker` has one. Both run as the user node, from one Node: the
# image's own, so the one that npm brings for machines without is taken out.
FROM node:26-bookworm-slim AS program
# `backup` and `restore` call pg_dump, pg_restore and psql of the server's own version: an older one
# refuses the server, and what a newer one writes an older server may refuse. Debian has 15 alone.
ARG POSTGRES=17
RUN apt-get update \
 && apt-get install -y --no-install-recommends libatomic1 ca-certificates postgresql-common \
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && apt-get install -y --no-install-recommends "postgresql-client-${POSTGRES}" \
 && apt-get purge -y --auto-remove postgresql-common \
 && rm -rf /var/lib/apt/lists/* /etc/apt/sources.list.d/pgdg.*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev \
 && rm -rf node_modules/node-linux-* node_modules/node-bin-* node_modules/.bin/node \
 && npm cache clean --force
COPY src src
COPY carriers carriers
COPY db db
COPY manifest.yml ./
RUN mkdir /data /keys && chown node:node /data /keys && chmod 700 /data /keys
ENV NODE_ENV=production DATA_DIR=/data
USER node

FROM program AS bot
ENV HOST=0.0.0.0 WATCH_PORT=9464
VOLUME /data
EXPOSE 3000 9464
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts", "bot"]

FROM program AS worker
USER root
RUN apt-get update \
 && apt-get install -y --no-install-recommends chromium-headless-shell fonts-liberation \
 && rm -rf /var/lib/apt/lists/*
USER node
ENV PRIVATE_KEY_FILE=/keys/sealing-private.json WORKER_WATCH_PORT=9465
VOLUME /data /keys
EXPOSE 9465
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9465/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts", "worker"]
