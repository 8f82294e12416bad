FROM python:3.12
RUN pip install flask
RUN pip install flask==3.0.0
RUN pip install "flask>=3"
RUN pip3 install --no-cache-dir -r requirements.txt
RUN python3 -m pip install --upgrade pip
RUN pip install git+https://example.org/x.git
RUN pip install --no-cache-dir ./local pkg==1
RUN pip install --no-cache-dir --index-url https://example.org/simple pkg==1
RUN PIP_NO_CACHE_DIR=1 pip install a==1
