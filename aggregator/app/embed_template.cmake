# cmake -DTEMPLATE=DIR -DOUT=FILE -P embed_template.cmake: writes the files of plugins/template as
# built_in_template.cpp.
file(GLOB files ${TEMPLATE}/*)
list(SORT files)
set(code "#include \"aggregator/app/plugin_template.h\"\n\nnamespace muster {\n\n")
string(APPEND code "const std::vector<TemplateFile>& plugin_template() {\n")
string(APPEND code "  static const std::vector<TemplateFile> kFiles{\n")
foreach(file ${files})
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(APPEND code "      {\"${name}\", R\"muster_text(${text})muster_text\"},\n")
endforeach()
string(APPEND code "  };\n  return kFiles;\n}\n\n}  // namespace muster\n")
file(WRITE ${OUT} "${code}")
