# Made by dseconf for cluster reports.
# Edit the layers, not this file: a change made here is overwritten.
# shellcheck shell=bash
# (Sourced by every launcher and by the DSE process, so there is no interpreter line.)

export SPARK_MASTER_PORT='7077'
export SPARK_MASTER_WEBUI_PORT='7080'
export SPARK_WORKER_WEBUI_PORT='7081'
export SPARK_WORKER_OPTS='-Dspark.worker.cleanup.enabled=true -Dnote='\''$(reboot) `reboot` "$HOME"'\'''
export SPARK_EXECUTOR_DIRS='/data4/spark/rdd'
export SPARK_MASTER_LOG_DIR='/var/log/spark/master'

if [ -z "${SPARK_CONF_DIR:-}" ]; then
  SPARK_CONF_DIR=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
  export SPARK_CONF_DIR
fi

# The product's own part comes last: it completes what is still unset.
if [ -r "$SPARK_CONF_DIR"/dse-spark-env.sh ]; then
  # shellcheck source=/dev/null  # its place is known at run time only
  . "$SPARK_CONF_DIR"/dse-spark-env.sh
else
  echo "spark-env.sh: no $SPARK_CONF_DIR/dse-spark-env.sh; going on without it" >&2
fi

# Launchers and the DSE process look for these in the environment.
export SPARK_MASTER_OPTS="${SPARK_MASTER_OPTS:-}"
export SPARK_WORKER_OPTS="${SPARK_WORKER_OPTS:-}"
export LOCAL_SPARK_DRIVER_OPTS="${LOCAL_SPARK_DRIVER_OPTS:-}"
export LOCAL_SPARK_EXECUTOR_OPTS="${LOCAL_SPARK_EXECUTOR_OPTS:-}"
export SPARK_DRIVER_OPTS="${SPARK_DRIVER_OPTS:-}"
export SPARK_EXECUTOR_OPTS="${SPARK_EXECUTOR_OPTS:-}"
