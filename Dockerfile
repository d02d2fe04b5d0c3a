FROM python:3.11-slim-bookworm

WORKDIR /opt/kitchenwatch
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src ./src
COPY models ./models
RUN pip install --no-cache-dir --constraint constraints.txt '.[mqtt,openvino,postgres,timestamp]' \
 && useradd --create-home --uid 1000 kitchenwatch \
 && install -d -o kitchenwatch /srv/kitchenwatch

USER 1000
WORKDIR /srv/kitchenwatch
VOLUME /srv/kitchenwatch
EXPOSE 8600
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8600/api/v1/health', timeout=4)"]
ENTRYPOINT ["kitchenwatch"]
CMD ["serve", "--config", "/srv/kitchenwatch/kitchenwatch.yaml"]
