# What an installation gets: programs, unit, sample configuration, manual pages, completion. The last
# three are written by the programs themselves, from the tables that they read.
include(GNUInstallDirs)

# ny_printed(FILE PROGRAM OPTION…): build/…/manual/FILE is what the program prints.
function(ny_printed file program)
  set(out ${PROJECT_BINARY_DIR}/manual/${file})
  add_custom_command(OUTPUT ${out} COMMAND ${program} ${ARGN} > ${out}.new
                     COMMAND ${CMAKE_COMMAND} -E rename ${out}.new ${out}
                     DEPENDS ${program} VERBATIM)
  set_property(GLOBAL APPEND PROPERTY NY_PRINTED ${out})
endfunction()

file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/manual)
ny_printed(nayose.1 nayose --print-man)
ny_printed(nayose.options nayose --print-options)
ny_printed(nayosed.8 nayosed --print-man)
ny_printed(nayosed.conf.5 nayosed --print-man-conf)
ny_printed(nayosed.conf nayosed --print-config-sample)

set(completion ${PROJECT_BINARY_DIR}/manual/nayose.bash)
set(template ${PROJECT_SOURCE_DIR}/src/nayose/completion.bash.in)
add_custom_command(OUTPUT ${completion}
                   COMMAND ${CMAKE_COMMAND} -D rows=${PROJECT_BINARY_DIR}/manual/nayose.options
                           -D in=${template} -D out=${completion}
                           -P ${PROJECT_SOURCE_DIR}/cmake/completion.cmake
                   DEPENDS ${PROJECT_BINARY_DIR}/manual/nayose.options ${template} VERBATIM)
get_property(printed GLOBAL PROPERTY NY_PRINTED)
add_custom_target(manual ALL DEPENDS ${printed} ${completion})

install(TARGETS nayose nayosed)
install(FILES ${PROJECT_BINARY_DIR}/manual/nayose.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_BINARY_DIR}/manual/nayosed.conf.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${PROJECT_BINARY_DIR}/manual/nayosed.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES ${completion} DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME nayose)
install(FILES ${PROJECT_SOURCE_DIR}/conf/systemd/nayosed.service DESTINATION lib/systemd/system)
install(FILES ${PROJECT_BINARY_DIR}/manual/nayosed.conf DESTINATION ${CMAKE_INSTALL_DOCDIR})
