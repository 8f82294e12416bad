FROM debian:12
RUN ssh host ls
RUN vim /etc/hosts
RUN ps aux && free -m
RUN mount /dev/sda /mnt
RUN service nginx start
RUN kill 1
RUN top -b -n 1
RUN shutdown now
RUN ifconfig
