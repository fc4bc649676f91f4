# One image, two processes: `node dist/api/main.js` and `node dist/worker/main.js`.
# Debian with glibc, not Alpine: Temporal's native module has no build for musl.

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# What `npm run build` runs, without its look at node_modules: npm ci has just filled it.
RUN node --import tsx dev/build.ts && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
RUN printf '#!/bin/sh\nexec node /app/dist/cli/main.js "$@"\n' > /usr/local/bin/tributary \
  && chmod 755 /usr/local/bin/tributary \
  && install -d -o node -g node /data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["node", "dist/deploy/health.js", "api"]
CMD ["node", "dist/api/main.js"]
