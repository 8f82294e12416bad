FROM nvidia/cuda:12.4.1-devel-ubuntu22.04
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y python3-pip git wget && apt-get clean
RUN pip3 install torch torchvision --index-url https://example.org/whl/cu124
RUN wget https://example.org/model.bin -P /models
WORKDIR /workspace
COPY . /workspace
CMD ["python3", "train.py"]
