# The API and the harness, which run their TypeScript as it is. PostgreSQL is another container's: the
# embedded server is an optional dependency and left out.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS install
WORKDIR /opt/pool-lab
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY server ./server
COPY harness ./harness
# A clone made under a strict umask would be unreadable to the user below.
RUN chmod -R a+rX package.json server harness

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="pool-lab" \
      org.opencontainers.image.description="How many PostgreSQL connections should your service have? Measured, not guessed." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /opt/pool-lab
COPY --from=install /opt/pool-lab ./
# Of the image: an account without rights, to which nothing here belongs.
USER node
ENTRYPOINT ["node", "harness/bin.cjs"]
CMD ["--help"]
