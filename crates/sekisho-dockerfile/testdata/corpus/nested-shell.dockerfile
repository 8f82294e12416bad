FROM debian:12.7
RUN bash -c 'apt-get update && apt-get install curl'
RUN sh -ec "cd /x; sudo make"
RUN eval "$(ssh-agent)" && ssh-add
RUN export A=b; A=c env D=e sudo -u x true
