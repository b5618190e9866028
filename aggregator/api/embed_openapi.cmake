# cmake -DYAML=FILE -DOUT=FILE -P embed_openapi.cmake: writes openapi.yaml as built_in_openapi.cpp.
file(READ ${YAML} text)
set(code "#include \"aggregator/api/openapi_document.h\"\n\nnamespace muster {\n\n")
string(APPEND code "const std::string_view kOpenapiYaml = R\"muster_text(${text})muster_text\";\n")
string(APPEND code "\n}  // namespace muster\n")
file(WRITE ${OUT} "${code}")
