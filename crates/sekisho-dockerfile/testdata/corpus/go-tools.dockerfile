FROM golang
RUN go install golang.org/x/tools/cmd/goimports@latest
RUN go install example.org/lint@v1.2.3 && go get example.org/other
RUN cd /go && go build ./...
