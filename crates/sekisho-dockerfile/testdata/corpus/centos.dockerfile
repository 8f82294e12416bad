FROM centos:7
RUN yum install httpd
RUN yum -y install httpd && yum clean all
RUN yum install -y httpd-2.4.6 && rm -rf /var/cache/yum/*
RUN yum update -y
RUN yum groupinstall -y "Development Tools" && yum clean all
