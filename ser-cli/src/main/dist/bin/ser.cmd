@echo off
rem Runs the command line of this distribution. JAVA_HOME chooses Java, SER_JAVA_OPTS adds options.
setlocal
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
"%java%" --enable-native-access=ALL-UNNAMED %SER_JAVA_OPTS% -cp "%~dp0..\lib\*" ser.cli.SerCommand %*
