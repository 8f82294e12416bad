FROM gcr.io/distroless/static-debian12:nonroot
COPY --chmod=555 app /app
ENTRYPOINT ["/app"]
