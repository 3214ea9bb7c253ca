# Puts the rows of nayose --print-options into completion.bash.in.
file(READ ${rows} rows)
string(STRIP "${rows}" rows)
configure_file(${in} ${out} @ONLY)
