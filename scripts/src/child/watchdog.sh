# Ends a process when the one that started it ends, however that happens.
# Standard input is a pipe that the owner holds. First line: the process to watch.
# A second line means that it has ended by itself. The end of the pipe means that
# the owner is done with it, or dead: stop it, first by signal $1, after $2 tenths
# of a second by force, with everything it has started in its process group.
read -r pid || exit 0
read -r ended && exit 0
kill -s "$1" "$pid" 2>/dev/null
tenths=$2
while [ "$tenths" -gt 0 ] && kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    tenths=$((tenths - 1))
done
kill -s KILL -- "-$pid" 2>/dev/null
exit 0
