# The bot with one worker. Give it Slack's tokens and keep /data: it holds the database and the key.
FROM node:26-bookworm-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends chromium-headless-shell fonts-liberation libatomic1 \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev
COPY src src
COPY carriers carriers
COPY db db
COPY manifest.yml ./
RUN mkdir /data && chown node:node /data

USER node
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0
VOLUME /data
EXPOSE 3000
CMD ["node", "src/main.ts"]
