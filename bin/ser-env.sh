# Sourced by the launchers of the checkout and of the distribution (POSIX sh).
# Finds Java, chooses its options and sets the environment of native code. Expects home, the launcher's root; sets
# java, version, runtime, major, and java_options: words without spaces, to be expanded unquoted.

fail() {
  echo "ser: $1" >&2
  exit 1
}

case $home in *:*) fail "$home: a path with a colon cannot stand on Java's class path; move the folder" ;; esac

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null || fail "no $java found; install JDK 17 or newer, or set JAVA_HOME"
real=$(readlink -f "$(command -v "$java")")
version=
runtime=
if [ -r "${real%/*}/../release" ]; then
  while IFS='=' read -r key value; do
    value=${value#\"}
    value=${value%\"}
    case $key in
      JAVA_VERSION) version=$value ;;
      JAVA_RUNTIME_VERSION) runtime=$value ;;
    esac
  done <"${real%/*}/../release"
fi
major=${version%%[!0-9]*}
[ "${major:-17}" -ge 17 ] || fail "$java is Java $version; install JDK 17 or newer, or set JAVA_HOME"

# The user's Java options win: these of the launcher give way to a collector or a heap chosen in any of the three
# variables. Without them Java would begin with a 64th of the machine's memory, and touch all of it before it frees any.
user_options="${SER_JAVA_OPTS:-} ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-}"
collector=-XX:+UseSerialGC
heap=-Xms64m
set -f
for option in $user_options; do
  case $option in
    -XX:[+-]Use*GC) collector= ;;
    -Xms* | -Xmx* | -XX:*HeapSize=* | -XX:*RAMPercentage=*) heap= ;;
  esac
done
set +f
java_options="$collector $heap --enable-native-access=ALL-UNNAMED"
# Newer Javas warn of how ND4J reads native memory; older ones do not know the option.
if [ "${major:-0}" -ge 24 ]; then java_options="$java_options --sun-misc-unsafe-memory-access=allow"; fi
java_options="$java_options ${SER_JAVA_OPTS:-}"

# Java reports options that contradict each other in several lines.
if [ -n "${user_options#"${user_options%%[! ]*}"}" ] && ! refusal=$("$java" $java_options -version 2>&1); then
  fail "Java does not start with the options in SER_JAVA_OPTS, JAVA_TOOL_OPTIONS or JDK_JAVA_OPTIONS: $(
    printf '%s\n' "$refusal" | sed -e '/Picked up/d' -e '/^Error occurred during/d' -e '/^Error: Could not create/d' \
      -e '/^Error: A fatal exception/d' -e '/^$/d' | tr '\n' ' ' | sed 's/ *$//'
  )"
fi

# PyTorch's threads wait for each other by spinning: without a bound that is ruinous beside another busy process,
# and sleeping at once costs more than a short wait mostly takes.
[ -n "${OMP_WAIT_POLICY:-}" ] || export GOMP_SPINCOUNT="${GOMP_SPINCOUNT:-1000}"

# The C library otherwise gives each large tensor back to the system, which has to clear the pages of the next
# one: a third of the time of a batch.
export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-33554432}"
export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-536870912}"
export MALLOC_TOP_PAD_="${MALLOC_TOP_PAD_:-67108864}"
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"

# A GPU computes in float32 by default.
export NVIDIA_TF32_OVERRIDE="${NVIDIA_TF32_OVERRIDE:-0}"

# Java reads the names of files in the locale's encoding.
[ "$(locale charmap 2>/dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8

if [ -t 1 ]; then java_options="$java_options -Dser.terminal.results=true"; fi
if [ -t 2 ]; then java_options="$java_options -Dser.terminal=true"; fi
