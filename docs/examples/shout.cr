# The smallest pipeline that does something: text in, the same text in capitals out.
#
#   voxloom run docs/examples/shout.cr in.txt --output out.txt
#   echo hello | voxloom run docs/examples/shout.cr - --output -

# Shown in listings and logs: letters, digits, ".", "_" and "-".
name = "shout"
version = "1"
description = "Text in capitals"

# Each [[nodes]] is one plugin, and what it writes goes to the next.
[[nodes]]
# Names this step in messages; once in a pipeline.
id = "capitals"
# A plugin of `voxloom plugins list`. It is Python without any library; uppercase-shell, uppercase-go and
# uppercase-rust do the same.
plugin = "uppercase-python"
