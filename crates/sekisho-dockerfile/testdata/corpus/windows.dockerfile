# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command"]
RUN Invoke-WebRequest -Uri https://example.org/a.zip -OutFile C:\a.zip ; `
    Expand-Archive C:\a.zip
WORKDIR C:\app
COPY app.exe C:\app\
CMD ["C:\\app\\app.exe"]
