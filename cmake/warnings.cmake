# The options that every target of the project is built with.
add_library(ny_options INTERFACE)
target_compile_definitions(ny_options INTERFACE _GNU_SOURCE NY_VERSION="${PROJECT_VERSION}")
target_compile_options(ny_options INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla
  -Wformat=2 -Wundef -Wpointer-arith -Wcast-qual -Wwrite-strings -Wswitch-enum
  -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion -Wconversion -Wno-sign-conversion
  -Wdate-time)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  # With -Og gcc 12 sees null dereferences on paths that an assertion has closed.
  target_compile_options(ny_options INTERFACE -Wno-null-dereference)
endif()
if(NAYOSE_WERROR)
  target_compile_options(ny_options INTERFACE -Werror)
endif()
if(NAYOSE_HARDEN)
  target_compile_options(ny_options INTERFACE -fstack-protector-strong -fstack-clash-protection
                         -fcf-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  target_link_options(ny_options INTERFACE -pie -Wl,-z,relro -Wl,-z,now)
endif()
if(NAYOSE_SANITIZE)
  target_compile_options(ny_options INTERFACE -fsanitize=address,undefined
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(ny_options INTERFACE -fsanitize=address,undefined)
endif()
if(NAYOSE_FUZZ)
  target_compile_options(ny_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(NAYOSE_COVER)
  target_compile_options(ny_options INTERFACE --coverage)
  target_link_options(ny_options INTERFACE --coverage)
endif()
