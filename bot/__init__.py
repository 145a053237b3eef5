"""去向 Quxiang: where a closed government account went, answered from sourced records."""
