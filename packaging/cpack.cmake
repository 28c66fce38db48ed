# Describes the three Debian packages to CPack.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ledgercast)
set(CPACK_PACKAGE_VERSION ${package_version})
set(CPACK_PACKAGE_CONTACT "Ledgercast maintainers <maintainers@ledgercast.example>")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
# The settings are outside of the prefix /usr.
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL ledgercast-transaction-service ledgercast-edge ledgercast)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

# describe_package(PACKAGE SECTION SUMMARY DESCRIPTION)
macro(describe_package package section summary description)
  string(TOUPPER ${package} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}\n${description}")
endmacro()

describe_package(ledgercast-transaction-service database
  "ledger on PostgreSQL that streams every commit"
  "The transaction service of Ledgercast keeps accounts and transfers in
PostgreSQL. It streams every committed transfer over gRPC, in commit order and
exactly once.
.
ledgercast-setup makes what it needs in PostgreSQL and starts it.")
describe_package(ledgercast-edge httpd
  "relays a Ledgercast ledger to browsers"
  "The edge of Ledgercast relays the stream of the transaction service to browsers
as JSON over WebSocket, server-sent events or long polls. It also serves a page
that shows the ledger live.")
describe_package(ledgercast database
  "command-line tool of Ledgercast"
  "The tool of Ledgercast signs in at the transaction service, posts transfers,
follows the ledger, loads files, and recomputes all that is stored.")

# Debian's opentelemetry-cpp does not say which package has its libraries, so they are not found.
set(spans_need)
if(opentelemetry-cpp_DIR)
  set(spans_need "opentelemetry-cpp (>= 1.19)")
endif()
set(units_need "init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_LEDGERCAST-TRANSACTION-SERVICE_PACKAGE_PREDEPENDS ${units_need})
set(service_needs "ledgercast (= ${package_version})" ${spans_need})
list(JOIN service_needs ", " CPACK_DEBIAN_LEDGERCAST-TRANSACTION-SERVICE_PACKAGE_DEPENDS)
set(CPACK_DEBIAN_LEDGERCAST-EDGE_PACKAGE_DEPENDS ${spans_need})
set(CPACK_DEBIAN_LEDGERCAST_PACKAGE_DEPENDS ${spans_need})
set(CPACK_DEBIAN_LEDGERCAST-TRANSACTION-SERVICE_PACKAGE_RECOMMENDS "postgresql-client (>= 15)")
set(CPACK_DEBIAN_LEDGERCAST-TRANSACTION-SERVICE_PACKAGE_SUGGESTS "postgresql (>= 15), ledgercast-edge")
set(CPACK_DEBIAN_LEDGERCAST-EDGE_PACKAGE_PREDEPENDS ${units_need})
set(CPACK_DEBIAN_LEDGERCAST-EDGE_PACKAGE_SUGGESTS "ledgercast-transaction-service")
foreach(package LEDGERCAST-TRANSACTION-SERVICE LEDGERCAST-EDGE)
  string(TOLOWER ${package} folder)
  set(CPACK_DEBIAN_${package}_PACKAGE_CONTROL_EXTRA
    ${CONTROL}/${folder}/conffiles ${CONTROL}/${folder}/postinst ${CONTROL}/${folder}/prerm
    ${CONTROL}/${folder}/postrm)
endforeach()

include(CPack)
