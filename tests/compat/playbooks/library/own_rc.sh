#!/bin/sh
echo '{"rc": 3, "x": 1}'
echo trailing
