# sql/NNNN_name.sql become C text in the library: a table of {version, name, script} in
# generated/nayose_migrations.h, each script one transaction that ends with its row in schema_version.
# Numbers run from 0001 without gaps.
file(GLOB migrations CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sql/[0-9][0-9][0-9][0-9]_*.sql)
list(SORT migrations)
set(rows "")
set(version 0)
foreach(path IN LISTS migrations)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  math(EXPR version "${version} + 1")
  get_filename_component(file ${path} NAME_WE)
  string(REGEX REPLACE "^0*([0-9]+)_(.*)$" "\\1;\\2" parts "${file}")
  list(GET parts 0 number)
  list(GET parts 1 name)
  if(NOT number EQUAL version)
    message(FATAL_ERROR "sql/${file}.sql: number ${version} expected")
  endif()
  file(READ ${path} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n     \"" text "${text}")
  string(APPEND rows "    {${version}, \"${name}\",\n     \"BEGIN;\\n\"\n     \"${text}\"\n"
    "     \"INSERT INTO nayose.schema_version (version, name) VALUES (${version}, '${name}');\\n\"\n"
    "     \"COMMIT;\\n\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/nayose_migrations.h CONTENT
"/* Generated from sql/ by cmake/migrations.cmake. */
static const struct migration migrations[] = {
@rows@};
" @ONLY)
